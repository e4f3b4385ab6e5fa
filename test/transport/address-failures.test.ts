import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({
    env: { RATE_FAILURES_PER_MINUTE: '3', PASSWORD_COST: '10', TRUST_PROXY: '1' },
  })
})
afterAll(() => test.stop())

describe('secrets that are not valid, and no bearer tokens,', () => {
  const post = (path: string, address: string, body?: object) =>
    fetch(`${test.url}/default/${path}`, {
      method: 'POST',
      headers: {
        'x-forwarded-for': address,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
  const refresh_token = `mcpr_${'A'.repeat(64)}`
  const ticket = (address: string) =>
    fetch(`${test.url}/default/events?ticket=${'A'.repeat(43)}`, {
      headers: { 'x-forwarded-for': address },
    })
  const password = { username: 'nobody', password: 'wrong horse' }

  it.each<[string, string, number, (address: string) => Promise<Response>]>([
    ['refreshing', '192.0.2.1', 401, (from) => post('auth/refresh', from, { refresh_token })],
    ['signing out', '192.0.2.2', 204, (from) => post('auth/logout', from, { refresh_token })],
    ['a stream by ticket', '192.0.2.3', 401, ticket],
    ['signing in', '192.0.2.4', 401, (from) => post('auth/login', from, password)],
  ])('are refused unread after so many: %s', async (_what, address, status, guess) => {
    for (let n = 0; n < 3; n++) expect((await guess(address)).status).toBe(status)
    const response = await guess(address)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await response.json()).toMatchObject({ error: { data: { limit: 'address' } } })
    const other = await guess(`${address}00`)
    expect(other.status).toBe(status)
    await other.body?.cancel()
  })
})
