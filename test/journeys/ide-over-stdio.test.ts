import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { builtFile } from '../support/built.js'
import { bundleFolder } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { type RealClient, realClients } from './real-clients.js'
import { whatEveryClientDoes } from './what-every-client-does.js'

let dataFolder: string
let engine: LocalAws
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'ide-'))
  engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
})
afterAll(async () => {
  await engine.close()
  await rm(dataFolder, { recursive: true, force: true })
})

const stored = () => readStoredCalls(dataFolder, 'acme')

describe.each(realClients)('an IDE with %s over stdio', (_name, era, connect) => {
  const logs: unknown[] = []
  let client: RealClient
  beforeAll(async () => {
    const env = {
      DATA_DIR: dataFolder,
      MCP_CONFIG_FILE: bundleFolder('journey_tools'),
      MCP_ENDPOINT_ID: 'acme',
      MCP_USER_ID: 'ide',
    }
    const args = [fileURLToPath(builtFile('main.js')), 'start', '--stdio']
    client = await connect({ command: process.execPath, args, env }, (data) => logs.push(data))
  })
  afterAll(() => client.close())

  it(`speaks the ${era} era`, () => expect(client.era).toBe(era))

  whatEveryClientDoes({ client: () => client, logs, stored })

  it('is recorded as the user that the sidecar stands for', async () => {
    await client.callTool('whoami', {})
    expect((await stored())[0]).toMatchObject({ name: 'whoami', user_id: 'ide' })
  })

  it('cancels a call by saying so', async () => {
    await expect(client.cancelTool('wait')).rejects.toThrow(/abort|timeout/i)
    await expect
      .poll(async () => (await stored())[0])
      .toMatchObject({ name: 'wait', status: 'cancelled' })
  })
})
