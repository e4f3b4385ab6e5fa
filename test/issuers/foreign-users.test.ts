import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.js'

let issuer: TestIssuer
let test: TestGateway
beforeAll(async () => {
  issuer = await startTestIssuer()
  test = await startTestGateway({
    env: { AUTH_PROVIDER: 'local,oidc', OIDC_ISSUER: issuer.issuer },
  })
  await test.publish('journey_tools', 'acme')
})
afterAll(async () => {
  await test.stop()
  await issuer.stop()
})

const whoami = async (token: string) => {
  const call = modernPost('tools/call', { name: 'whoami', arguments: {} }, token)
  const response = await fetch(`${test.url}/acme/mcp`, call)
  return { status: response.status, text: await response.text() }
}

const nowS = () => Math.floor(Date.now() / 1000)
const signFor = (sub: string, claims: object = {}) =>
  issuer.sign({ sub, aud: `${test.url}/acme/mcp`, scope: 'mcp:call', ...claims })

describe('users of several providers at once', () => {
  it('are told apart, though they have one name', async () => {
    const local = await whoami(await test.tokenFor('ann', 'acme'))
    const foreign = await whoami(await signFor('ann'))
    expect(local.text).toMatch(/"ann"|\\"ann\\"/)
    expect(foreign.text).toContain('oidc:ann')
    expect([local.status, foreign.status]).toEqual([200, 200])
  })

  it('of another issuer can be disabled and enabled here; what was issued before stays over', async () => {
    const who = { home: 'acme', username: 'oidc:bob', by: 'test' }
    const token = await signFor('bob', { iat: nowS() - 5 })
    expect((await whoami(token)).status).toBe(200)

    await test.parts.userChanges.disable(who)
    await vi.waitFor(async () => expect((await whoami(token)).status).toBe(401), 5000)
    expect((await whoami(await signFor('bob', { iat: nowS() + 10 }))).status).toBe(401)
    expect((await whoami(await signFor('ann'))).status).toBe(200)

    await test.parts.userChanges.enable(who)
    const next = await signFor('bob', { iat: nowS() + 10 })
    await vi.waitFor(async () => expect((await whoami(next)).status).toBe(200), 5000)
    expect((await whoami(token)).status).toBe(401)
  })
})
