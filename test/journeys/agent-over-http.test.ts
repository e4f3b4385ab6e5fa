import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { type RealClient, realClients } from './real-clients.js'
import { createLogReader, whatEveryClientDoes } from './what-every-client-does.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
  await gateway.publish('journey_tools', 'acme')
})
afterAll(() => gateway.stop())

const stored = () => readStoredCalls(gateway.dataFolder, 'acme')

describe.each(realClients)('an agent with %s over HTTP', (_name, era, connect) => {
  const logs: unknown[] = []
  let client: RealClient
  beforeAll(async () => {
    const token = await gateway.tokenFor('agent', 'acme')
    const user = { onNotice: createLogReader(logs) }
    client = await connect({ url: `${gateway.url}/acme/mcp`, token }, user)
  })
  afterAll(() => client.close())

  it(`speaks the ${era} era`, () => expect(client.era).toBe(era))

  whatEveryClientDoes({ client: () => client, logs, stored })

  it('is recorded under its own name', async () => {
    await client.callTool('whoami', {})
    expect((await stored())[0]).toMatchObject({ name: 'whoami', user_id: 'agent' })
  })

  it('without a token for this endpoint does not get in', async () => {
    const token = await gateway.tokenFor('agent', 'other')
    const url = `${gateway.url}/acme/mcp`
    await expect(connect({ url, token })).rejects.toThrow(/another endpoint|403/)
    await expect(connect({ url, token: 'wrong' })).rejects.toThrow(/not valid|401|Unauthorized/i)
  })
})
