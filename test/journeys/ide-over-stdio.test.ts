import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { bundleFolder } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { type RealClient, realClients } from './real-clients.js'
import { sidecar } from './sidecar.js'
import { createLogReader, whatEveryClientDoes } from './what-every-client-does.js'

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
    const server = sidecar(dataFolder, {
      MCP_CONFIG_FILE: bundleFolder('journey_tools'),
      MCP_ENDPOINT_ID: 'acme',
      MCP_USER_ID: 'ide',
    })
    const user = { onNotice: createLogReader(logs) }
    client = await connect(server, user)
  })
  afterAll(() => client.close())

  it(`speaks the ${era} era`, () => expect(client.era).toBe(era))

  whatEveryClientDoes({ client: () => client, logs, stored })

  it('is recorded as the user that the sidecar stands for', async () => {
    await client.callTool('whoami', {})
    expect((await stored())[0]).toMatchObject({ name: 'whoami', user_id: 'ide' })
  })
})
