import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGateway } from '../../src/app.js'
import { createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { createDynamoCalls } from '../../src/calls/dynamo-calls.js'
import type { Caller } from '../../src/domain/caller.js'
import type { JsonObject, McpRequest } from '../../src/protocol/protocol.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'

let test: TestGateway
let sha256: string

const refuse = () => {
  throw new Error('there is no engine in this test')
}

beforeAll(async () => {
  test = await startTestGateway({ env: { CALL_TIMEOUT_MS: '1500', PAGE_SIZE: '4' } })
  const published = await test.publish('journey_tools')
  sha256 = published.ref.sha256
})
afterAll(() => test.stop())

const ann: Caller = { endpointId: 'default', userId: 'ann', roles: ['caller'] }
const stranger: Caller = { endpointId: 'elsewhere', userId: 'ann', roles: ['caller'] }

type Asked = Pick<McpRequest, 'method' | 'params'> & Partial<McpRequest>

const request = (asked: Asked) =>
  ({ id: 1, version: '2025-11-25', era: 'legacy', ...asked }) as McpRequest

const call = (name: string, args: JsonObject = {}, more: Partial<McpRequest> = {}) =>
  request({ method: 'tools/call', params: { name, arguments: args }, ...more } as Asked)

async function ask(
  asked: McpRequest,
  { caller = ann, signal = new AbortController().signal } = {},
) {
  const notes: JsonObject[] = []
  const notify = (note: JsonObject) => void notes.push(note)
  const result = await test.gateway.dispatch.handle(caller, asked, { signal, notify })
  return { result, notes }
}

const latestRecord = async () => {
  const [latest] = await readStoredCalls(test.dataFolder)
  return latest
}

describe('a tool call', () => {
  it('is answered, and recorded with who called what with which result', async () => {
    const { result } = await ask(call('echo', { text: 'tea' }))
    expect(result).toEqual({ content: [{ type: 'text', text: 'tea' }] })
    expect(await latestRecord()).toMatchObject({
      name: 'echo',
      mcp_type: 'tool',
      status: 'completed',
      user_id: 'ann',
      arguments: '{"text":"tea"}',
      content: JSON.stringify(result),
      bundle_sha256: sha256,
      protocol_version: '2025-11-25',
      time_spent: expect.any(Number),
    })
  })

  it('tells the function who calls', async () => {
    const { result } = await ask(call('whoami'))
    const { mcp_function_call_uuid: callId } = (await latestRecord()) ?? {}
    expect(result['structuredContent']).toEqual({ endpointId: 'default', userId: 'ann', callId })
  })

  it('without arguments gets an empty object', async () => {
    const { result } = await ask(request({ method: 'tools/call', params: { name: 'region' } }))
    expect(result).toEqual({ content: [{ type: 'text', text: 'region=undefined' }] })
  })

  it('of an unknown tool is no call: an error, and no record', async () => {
    const before = await latestRecord()
    await expect(ask(call('nope'))).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
      message: 'Unknown tool: nope',
    })
    expect(await latestRecord()).toEqual(before)
  })

  it("never reaches another endpoint's tool", async () => {
    await expect(ask(call('echo', { text: 'x' }), { caller: stranger })).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
    })
  })

  it.each([
    ['echo', {}, /Invalid arguments: arguments.*text/],
    ['echo', { text: 4 }, /arguments\/text.*string/],
    ['fail', {}, /^the kettle is empty$/],
    ['liar', {}, /outputSchema.*n.*integer/],
  ])(
    '%s with %j that fails is told to the model and recorded as failed',
    async (name, args, text) => {
      const { result } = await ask(call(name, args))
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(text) }],
      })
      expect(await latestRecord()).toMatchObject({
        name,
        status: 'failed',
        content: JSON.stringify(result),
        error: { message: expect.stringMatching(text) },
      })
    },
  )

  it('whose function says that it failed is recorded as failed', async () => {
    const { result } = await ask(call('refuse'))
    expect(result).toEqual({ content: [{ type: 'text', text: 'no tea today' }], isError: true })
    expect(await latestRecord()).toMatchObject({ status: 'failed' })
  })

  it('that never ends is stopped at its time limit, told so, and the next one works', async () => {
    const { result } = await ask(call('spin'))
    expect(result).toMatchObject({ isError: true })
    expect(await latestRecord()).toMatchObject({
      status: 'timed_out',
      error: { code: 'CALL_TIMED_OUT' },
    })
    const { result: next } = await ask(call('echo', { text: 'still here' }))
    expect(next).toMatchObject({ content: [{ text: 'still here' }] })
  })

  it('that is cancelled ends at once and is recorded as cancelled', async () => {
    const controller = new AbortController()
    const exchange = { signal: controller.signal, notify: () => controller.abort() }
    const waiting = call('wait', {}, { logLevel: 'info' })
    await expect(test.gateway.dispatch.handle(ann, waiting, exchange)).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
    expect(await latestRecord()).toMatchObject({ name: 'wait', status: 'cancelled' })
  })

  it('that was cancelled before it began does not begin', async () => {
    await expect(
      ask(call('echo', { text: 'x' }), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
  })

  it('reports progress under its token, in order, and logs from the level asked for', async () => {
    const { notes } = await ask(call('steps', {}, { progressToken: 'p', logLevel: 'info' }))
    const step = (n: number) => [
      {
        method: 'notifications/message',
        params: { level: 'info', data: { step: n }, logger: 'steps' },
      },
      {
        method: 'notifications/progress',
        params: { progressToken: 'p', progress: n, total: 3, message: `step ${n}` },
      },
    ]
    expect(notes).toMatchObject([...step(1), ...step(2), ...step(3)])
  })

  it('says nothing on the way when nobody asked', async () => {
    expect((await ask(call('steps'))).notes).toEqual([])
  })

  it('on a modern wire must repeat annotated arguments in headers', async () => {
    const modern = (headers: [string, string][]) =>
      call(
        'region',
        { region: 'eu' },
        { era: 'modern', version: '2026-07-28', paramHeaders: new Map(headers) },
      )
    expect((await ask(modern([['region', 'eu']]))).result).toMatchObject({
      content: [{ text: 'region=eu' }],
    })
    await expect(ask(modern([]))).rejects.toMatchObject({ code: 'HEADER_MISMATCH' })
  })

  it('that cannot be recorded is not answered', async () => {
    const { parts, dataFolder } = test
    const client = connectLocalAws({ dataFolder: join(dataFolder, 'none'), spawnEngine: refuse })
    const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
    const calls = createDynamoCalls({ aws, retentionDays: 1, log: silentLog })
    const { dispatch } = buildGateway({ ...parts, calls }, { callTimeoutMs: 1000, pageSize: 10 })
    const exchange = { signal: new AbortController().signal, notify: () => undefined }
    await expect(dispatch.handle(ann, call('echo', { text: 'b' }), exchange)).rejects.toMatchObject(
      { code: 'NOT_RECORDED' },
    )
    aws.close()
  })
})

describe('a resource', () => {
  const read = (uri: string) => ask(request({ method: 'resources/read', params: { uri } }))

  it('is read by its URI, a templated one too', async () => {
    expect((await read('journey://static')).result).toEqual({
      contents: [{ uri: 'journey://static', mimeType: 'text/plain', text: 'hello' }],
    })
    expect((await read('journey://items/42')).result).toMatchObject({
      contents: [{ uri: 'journey://items/42', mimeType: 'application/json' }],
    })
    expect(await latestRecord()).toMatchObject({
      mcp_type: 'resource_template',
      name: 'journey://items/{id}',
      status: 'completed',
    })
  })

  it.each(['journey://nothing', 'journey://items/none', 'file:///etc/passwd', ''])(
    '%s that is not there is an error that names it',
    async (uri) => {
      await expect(read(uri)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' })
    },
  )

  it("whose function throws is an error with its author's words", async () => {
    await expect(read('journey://broken')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: 'the kettle is empty',
    })
    expect(await latestRecord()).toMatchObject({ status: 'failed', name: 'journey://broken' })
  })
})

describe('a prompt', () => {
  const get = (name: string, args?: Record<string, string>) =>
    ask(request({ method: 'prompts/get', params: { name, arguments: args } }))

  it('is made from its arguments', async () => {
    expect((await get('greet', { name: 'Ann' })).result).toMatchObject({
      messages: [{ role: 'user', content: { type: 'text', text: 'Greet Ann in a kind tone' } }],
    })
  })

  it('without a required argument says which', async () => {
    await expect(get('greet')).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: 'params.arguments: name required by prompt greet',
    })
  })

  it('that is unknown is an error', async () => {
    await expect(get('nope')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' })
  })
})

describe('a list', () => {
  const page = async (method: 'tools/list' | 'prompts/list', cursor?: string, caller = ann) => {
    const { result } = await ask(request({ method, params: { cursor } }), { caller })
    return result as { tools?: { name: string }[]; nextCursor?: string }
  }

  it('comes in pages, in order, each item once', async () => {
    const names: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const { tools = [], nextCursor } = await page('tools/list', cursor)
      names.push(...tools.map((tool) => tool.name))
      cursor = nextCursor
      pages++
    } while (cursor !== undefined)
    expect(pages).toBe(3)
    expect(names).toHaveLength(11)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('of an endpoint without bundles is empty', async () => {
    expect(await page('tools/list', undefined, stranger)).toEqual({ tools: [] })
  })

  it('has no cursor that works at another endpoint, or in another list', async () => {
    const { nextCursor } = await page('tools/list')
    await expect(page('tools/list', nextCursor, stranger)).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    })
    await expect(page('prompts/list', nextCursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  })

  it.each([
    '',
    'nonsense',
    'bnVsbA',
    'W10',
    Buffer.from('["default","tool","a",1]').toString('base64url'),
  ])('refuses the cursor "%s"', (cursor) =>
    expect(page('tools/list', cursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' }),
  )

  it('after a cursor of an item that is gone goes on where it was', async () => {
    const cursor = Buffer.from('["default","tool","liar2",""]').toString('base64url')
    expect((await page('tools/list', cursor)).tools?.[0]?.name).toBe('refuse')
    const end = Buffer.from('["default","tool","zzz",""]').toString('base64url')
    expect(await page('tools/list', end)).toEqual({ tools: [] })
  })

  it('shows resources, templates and prompts as their manifest does', async () => {
    const { result: resources } = await ask(request({ method: 'resources/list', params: {} }))
    expect(resources).toMatchObject({ resources: [{ name: 'broken' }, { name: 'static' }] })
    const { result: templates } = await ask(
      request({ method: 'resources/templates/list', params: {} }),
    )
    expect(templates).toEqual({
      resourceTemplates: [
        {
          uriTemplate: 'journey://items/{id}',
          name: 'item',
          description: 'One item',
          mimeType: 'application/json',
        },
      ],
    })
    const { result: prompts } = await ask(request({ method: 'prompts/list', params: {} }))
    expect(prompts).toMatchObject({ prompts: [{ name: 'greet' }] })
  })
})

describe('the rest of the methods', () => {
  const handshake = (protocolVersion: string) =>
    request({
      method: 'initialize',
      params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
    })

  it('initialize settles on a revision with a handshake', async () => {
    expect((await ask(handshake('2025-06-18'))).result).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: { tools: {}, resources: {}, prompts: {}, logging: {}, completions: {} },
      serverInfo: { name: 'test-gateway', version: '0.0.0' },
    })
    expect((await ask(handshake('2026-07-28'))).result).toMatchObject({
      protocolVersion: '2025-11-25',
    })
  })

  it('discover, ping, setLevel and complete answer', async () => {
    const asked = (method: string, params: object = {}) => ask(request({ method, params } as Asked))
    expect((await asked('server/discover')).result).toMatchObject({
      supportedVersions: ['2026-07-28'],
    })
    expect((await asked('ping')).result).toEqual({})
    expect((await asked('logging/setLevel', { level: 'info' })).result).toEqual({})
    const ref = {
      ref: { type: 'ref/prompt', name: 'greet' },
      argument: { name: 'name', value: '' },
    }
    expect((await asked('completion/complete', ref)).result).toEqual({
      completion: { values: [], total: 0, hasMore: false },
    })
  })
})
