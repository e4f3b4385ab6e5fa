import {
  Client as ClientV2,
  StreamableHTTPClientTransport as HttpV2,
} from '@modelcontextprotocol/client'
import { StdioClientTransport as StdioV2 } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtFile } from '../support/built.js'
import { bundleFolder, startTestGateway, type TestGateway } from '../support/gateway.js'
import { createDataFolder, removeDataFolder } from '../support/product.js'

let dataFolder: string
let gateway: TestGateway
beforeAll(async () => {
  dataFolder = await createDataFolder()
  gateway = await startTestGateway()
  await gateway.publish('asking_tools')
})
afterAll(async () => {
  await gateway.stop()
  await removeDataFolder(dataFolder)
})

const INFO = { name: 'journey', version: '1.0.0' }
const capabilities = { elicitation: {}, sampling: {}, roots: {} }

const elicited = { action: 'accept' as const, content: { name: 'Ann' } }
const sampled = {
  role: 'assistant' as const,
  model: 'journey',
  content: { type: 'text' as const, text: 'Roses' },
}
const roots = { roots: [{ uri: 'file:///work' }] }

const sidecar = () => ({
  command: process.execPath,
  args: [fileURLToPath(builtFile('main.js')), 'start', '--stdio'],
  env: { DATA_DIR: dataFolder, MCP_CONFIG_FILE: bundleFolder('asking_tools') },
  stderr: 'ignore' as const,
})

const overHttp = async () =>
  new HttpV2(new URL(`${gateway.url}/default/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${await gateway.tokenFor('ann')}` } },
  })

interface AskedClient {
  call(name: string): Promise<unknown>
  close(): Promise<void>
}

const connectV1 = (open: () => Promise<StdioV1 | HttpV1>) => async (declared: object) => {
  const client = new ClientV1(INFO, { capabilities: declared })
  if ('elicitation' in declared) {
    client.setRequestHandler(ElicitRequestSchema, () => elicited)
    client.setRequestHandler(CreateMessageRequestSchema, () => sampled)
    client.setRequestHandler(ListRootsRequestSchema, () => roots)
  }
  await client.connect(await open())
  return { call: (name: string) => client.callTool({ name }), close: () => client.close() }
}

function connectV2(mode: 'legacy' | 'auto', open: () => Promise<StdioV2 | HttpV2>) {
  return async (declared: object): Promise<AskedClient> => {
    const options = { capabilities: declared, versionNegotiation: { mode } }
    const client = new ClientV2(INFO, options)
    if ('elicitation' in declared) {
      client.setRequestHandler('elicitation/create', () => elicited)
      client.setRequestHandler('sampling/createMessage', () => sampled)
      client.setRequestHandler('roots/list', () => roots)
    }
    await client.connect(await open())
    expect(client.getProtocolEra()).toBe(mode === 'auto' ? 'modern' : 'legacy')
    return { call: (name) => client.callTool({ name }), close: () => client.close() }
  }
}

const overStdio = async () => new StdioV2(sidecar())
const overStdioV1 = async () => new StdioV1(sidecar())
const overHttpV1 = async () =>
  new HttpV1(new URL(`${gateway.url}/default/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${await gateway.tokenFor('ann')}` } },
  })

describe.each([
  ['SDK 1 over stdio', connectV1(overStdioV1)],
  ['SDK 1 over HTTP', connectV1(overHttpV1)],
  ['SDK 2 in its legacy mode over HTTP', connectV2('legacy', overHttp)],
  ['SDK 2 in its legacy mode over stdio', connectV2('legacy', overStdio)],
  ['SDK 2 over stdio', connectV2('auto', overStdio)],
  ['SDK 2 over HTTP', connectV2('auto', overHttp)],
])('a user of %s', (_name, connect) => {
  let client: AskedClient
  beforeAll(async () => {
    client = await connect(capabilities)
  })
  afterAll(() => client.close())

  it('is asked by a function and sees what it made of the answer', async () => {
    expect(await client.call('greet')).toMatchObject({ content: [{ text: 'Hello, Ann!' }] })
  })

  it('is asked one question after the other', async () => {
    expect(await client.call('interview')).toMatchObject({
      structuredContent: { names: ['Ann', 'Ann'] },
    })
  })

  it('answers in person, by its model and with its roots, all at once', async () => {
    expect(await client.call('everything')).toMatchObject({
      structuredContent: { person: 'Ann', model: 'Roses', roots: 1 },
    })
  })
})

describe.each([
  ['SDK 1', connectV1(overStdioV1)],
  ['SDK 2 in its legacy mode', connectV2('legacy', overStdio)],
])('a user of %s that takes no questions', (_name, connect) => {
  it('is never asked, and the function can say so', async () => {
    const client = await connect({})
    try {
      expect(await client.call('careful')).toMatchObject({
        content: [{ text: expect.stringContaining('elicitation.form') }],
      })
      expect(await client.call('greet')).toMatchObject({ isError: true })
    } finally {
      await client.close()
    }
  })
})
