import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GATEWAY_HOME } from '../../src/domain/caller.js'
import type { NewApiKey } from '../../src/keys/keys.js'
import type { TestGateway } from '../support/gateway.js'
import { envelope, modernRequest } from '../support/modern-post.js'
import { openSession } from '../support/session.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import { listen } from '../user-events/event-client.js'

let two: TwoGateways
beforeAll(async () => {
  two = await startTwoGateways()
  await two.first.publish('journey_tools')
  await two.first.publish('journey_tools', 'acme')
})
afterAll(() => two.stop())

const OPERATOR = { userId: 'cli', roles: ['operator'] } as const
const WITHIN_2_S = { timeout: 2000, interval: 100 }

function make(key: Partial<NewApiKey> = {}) {
  const whole = { home: 'default', name: 'test', roles: ['caller'], days: 1 } as const
  return two.first.parts.keys.create(OPERATOR, { ...whole, ...key })
}

function ask(
  method: string,
  params: object,
  { token, endpointId = 'default', from = two.first }: Asked,
) {
  return fetch(new URL(`/${endpointId}/mcp`, from.url), modernRequest(method, params, { token }))
}

interface Asked {
  readonly token: string
  readonly endpointId?: string
  readonly from?: TestGateway
}

const statusOf = async (asked: Asked) => (await ask('tools/list', {}, asked)).status

async function toolsOf(asked: Asked): Promise<string[]> {
  const { result } = (await (await ask('tools/list', {}, asked)).json()) as {
    result: { tools: { name: string }[] }
  }
  return result.tools.map(({ name }) => name)
}

const revoke = (home: string, keyId: string) =>
  two.first.parts.keys.revoke({ home, keyId, by: 'cli' })

/** Settles when the stream of a response ends. */
async function ended(response: Response): Promise<void> {
  expect(response.status).toBe(200)
  for await (const chunk of response.body ?? []) void chunk
}

describe('an API key', () => {
  it('calls at its endpoint, and is unknown at any other', async () => {
    const { text: token } = await make()
    expect(await statusOf({ token })).toBe(200)
    expect(await statusOf({ token, from: two.second })).toBe(200)
    const [foreign, unknown] = await Promise.all([
      ask('tools/list', {}, { token, endpointId: 'acme' }),
      ask('tools/list', {}, { token: 'mcp_nobody' }),
    ])
    expect([foreign.status, unknown.status]).toEqual([401, 401])
    expect(await foreign.text()).toBe(await unknown.text())
  })

  it('of an operator calls at each endpoint, and at none that cannot be', async () => {
    const { text: token } = await make({ home: GATEWAY_HOME, roles: ['operator'] })
    expect(await statusOf({ token })).toBe(200)
    expect(await statusOf({ token, endpointId: 'acme' })).toBe(200)
    expect(await statusOf({ token, endpointId: '*' })).toBe(403)
  })

  it('may do what its role may, and no more', async () => {
    const params = { name: 'whoami', arguments: {} }
    const reader = await make({ roles: ['reader'], userId: 'ann' })
    const refused = await ask('tools/call', params, { token: reader.text })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope')
    const caller = await make({ userId: 'ann' })
    const answer = await ask('tools/call', params, { token: caller.text })
    expect(await answer.text()).toContain('ann')
  })

  it('for some functions sees no others, calls no others, and hears of no others', async () => {
    const all = await toolsOf({ token: (await make()).text })
    const [name = ''] = all
    const { text: token } = await make({ functions: [`tool:${name}`] })
    expect(all.length).toBeGreaterThan(1)
    expect(await toolsOf({ token })).toEqual([name])
    const [other = ''] = all.slice(1)
    const answers = await Promise.all(
      [other, 'no-such-tool'].map(async (tool) => {
        const answer = await ask('tools/call', { name: tool, arguments: {} }, { token })
        return (await answer.text()).replaceAll(tool, 'NAME')
      }),
    )
    expect(answers[0]).toBe(answers[1])
  })

  it('gives its limits to the ticket of an event stream', async () => {
    const { tickets } = two.first.parts
    const { key } = await make({ userId: 'ann' })
    const credential = { home: 'default', epoch: 0, keyId: key.keyId }
    const caller = { endpointId: 'default', userId: 'ann', roles: ['caller'], credential } as const
    const { ticket } = await tickets.issue({ ...caller, functions: ['weather_*'] })
    expect(await tickets.redeem('default', ticket)).toMatchObject({
      credential,
      functions: ['weather_*'],
    })
  })

  it('that is revoked is refused on every instance within 2 s, and its streams end; those of others stay', async () => {
    const { first, second } = two
    const { text: token, key } = await make({ userId: 'ann' })
    const { text: other } = await make({ userId: 'ann' })
    const session = await openSession(first.url, { token })
    const streams = await Promise.all([
      listen(first, { token }),
      listen(second, { token }),
      fetch(new URL('/default/mcp', second.url), {
        headers: { ...session, accept: 'text/event-stream' },
      }),
      ask(
        'subscriptions/listen',
        { notifications: { toolsListChanged: true }, ...envelope() },
        { token },
      ),
    ])
    const others = await listen(second, { token: other })
    await revoke('default', key.keyId)
    const [here, there, ofSession, ofListen] = streams
    await Promise.all([here.rest(), there.rest(), ended(ofSession), ended(ofListen)])
    for (const from of [first, second])
      await expect.poll(() => statusOf({ token, from }), WITHIN_2_S).toBe(401)
    expect(await statusOf({ token: other, from: second })).toBe(200)
    others.close()
  })

  it('of a user ends when the user is disabled', async () => {
    const { text: token } = await make({ userId: 'carl' })
    expect(await statusOf({ token, from: two.second })).toBe(200)
    await two.first.parts.userChanges.disable({ home: 'default', username: 'carl', by: 'test' })
    await expect.poll(() => statusOf({ token, from: two.second }), WITHIN_2_S).toBe(401)
  })

  it('says when it was used last', async () => {
    const { text: token, key } = await make()
    await statusOf({ token })
    const lastUse = async () =>
      (await two.second.parts.keys.list('default')).find(({ keyId }) => keyId === key.keyId)
        ?.lastUsedAt
    await expect.poll(lastUse).toMatch(/^\d{4}-\d\d-\d\dT/)
  })
})
