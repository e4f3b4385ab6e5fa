import { exportJWK, generateKeyPair } from 'jose'
import type { ServerResponse } from 'node:http'
import { describe, expect, it, vi } from 'vitest'
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.js'
import { MINUTE_MS, away, clock, good, refused, time, useIssuer, verifierOf } from './oidc-setup.js'

const issuer = useIssuer()

describe('the keys of an issuer', () => {
  it('are found by the metadata of RFC 8414 too, and behind a path', async () => {
    for (const [path, metadataPath] of [
      ['/tenant', '/tenant/.well-known/openid-configuration'],
      ['/tenant', '/.well-known/oauth-authorization-server/tenant'],
      ['', '/.well-known/oauth-authorization-server'],
    ] as const) {
      const other = await startTestIssuer({
        algorithm: 'ES256',
        path,
        metadataPath,
        now: clock.now,
      })
      expect(await verifierOf(other).verify(await other.sign(good), 'acme')).toBeTruthy()
      await other.stop()
    }
  })

  it('are asked for once by many tokens at a time, and kept', async () => {
    const tokens = verifierOf(issuer())
    const many = await Promise.all(Array.from({ length: 20 }, () => issuer().sign(good)))
    await Promise.all(many.map((token) => tokens.verify(token, 'acme')))
    time.now += 9 * MINUTE_MS
    await tokens.verify(await issuer().sign(good), 'acme')
    expect(issuer().asked).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  it('may change: a new one is found by the first token that names it, a withdrawn one is over', async () => {
    const tokens = verifierOf(issuer())
    const before = await issuer().sign(good)
    await tokens.verify(before, 'acme')
    await issuer().rotate()
    time.now += MINUTE_MS
    expect(await tokens.verify(await issuer().sign(good), 'acme')).toBeTruthy()
    await expect(tokens.verify(before, 'acme')).rejects.toMatchObject(refused)
  })

  it('are not asked for again for each token whose key there is none of', async () => {
    const tokens = verifierOf(issuer())
    await tokens.verify(await issuer().sign(good), 'acme')
    time.now += MINUTE_MS
    for (let n = 0; n < 20; n++) {
      const unknown = await issuer().sign(good, { header: { kid: `none-${n}` } })
      await expect(tokens.verify(unknown, 'acme')).rejects.toMatchObject(refused)
    }
    expect(issuer().asked.filter((path) => path === '/keys')).toHaveLength(2)
  })

  it('that are new are found within ten seconds, whatever keys others make up', async () => {
    const tokens = verifierOf(issuer())
    await tokens.verify(await issuer().sign(good), 'acme')
    const makeUp = async () => {
      const unknown = await issuer().sign(good, { header: { kid: `none-${time.now}` } })
      await expect(tokens.verify(unknown, 'acme')).rejects.toMatchObject(refused)
    }
    for (let second = 0; second < 30; second++) {
      time.now += 1000
      await makeUp()
    }
    expect(issuer().asked.filter((path) => path === '/keys')).toHaveLength(4)
    await issuer().rotate()
    const later = await issuer().sign(good)
    time.now += 10_000
    expect(await tokens.verify(later, 'acme')).toBeTruthy()
  })

  it('need no name: each that fits is tried', async () => {
    const { publicKey } = await generateKeyPair('RS256')
    const { kid: _none, ...nameless } = issuer().jwk
    issuer().published = [{ ...(await exportJWK(publicKey)), alg: 'RS256' }, nameless]
    const token = await issuer().sign(good, { header: { kid: undefined } })
    expect(await verifierOf(issuer()).verify(token, 'acme')).toBeTruthy()
  })

  it('are used while the issuer is away, and after half a day no longer', async () => {
    const tokens = verifierOf(issuer())
    await tokens.verify(await issuer().sign(good), 'acme')
    issuer().trouble = (response) => response.writeHead(500).end()
    time.now += 11 * 3_600_000
    expect(await tokens.verify(await issuer().sign(good), 'acme')).toBeTruthy()
    time.now += 2 * 3_600_000
    await expect(tokens.verify(await issuer().sign(good), 'acme')).rejects.toMatchObject(away)
    issuer().trouble = undefined
    // What was asked for in bad times may still be under way.
    await vi.waitFor(async () => {
      time.now += MINUTE_MS
      await tokens.verify(await issuer().sign(good), 'acme')
    })
  })

  it.each<[string, TestIssuer['trouble']]>([
    ['fails', (response) => response.writeHead(503).end()],
    ['breaks off', (response) => response.destroy()],
    ['sends garbage', (response) => response.writeHead(200).end('<html>')],
    ['sends JSON of another kind', (response) => response.writeHead(200).end('[1, {"keys": 7}]')],
    ['sends without end', (response) => sendForEver(response)],
    ['sends elsewhere', (response) => response.writeHead(302, { location: '/keys' }).end()],
  ])('cannot be known while it %s, and it is asked more and more rarely', async (_how, trouble) => {
    const tokens = verifierOf(issuer())
    const token = await issuer().sign(good)
    issuer().trouble = trouble
    await expect(tokens.verify(token, 'acme')).rejects.toMatchObject(away)
    const asked = issuer().asked.length
    for (let n = 0; n < 10; n++)
      await expect(tokens.verify(token, 'acme')).rejects.toMatchObject(away)
    expect(issuer().asked).toHaveLength(asked)
    time.now += 1000
    await expect(tokens.verify(token, 'acme')).rejects.toMatchObject(away)
    time.now += 1999
    const second = issuer().asked.length
    await expect(tokens.verify(token, 'acme')).rejects.toMatchObject(away)
    expect(issuer().asked).toHaveLength(second)
    issuer().trouble = undefined
    time.now += 1
    expect(await tokens.verify(token, 'acme')).toBeTruthy()
  })

  it('hold up nobody whose key is known while the issuer is slow', async () => {
    const tokens = verifierOf(issuer())
    const known = await issuer().sign(good)
    await tokens.verify(known, 'acme')
    const held: ServerResponse[] = []
    const isAsked = new Promise<void>((resolve) => {
      issuer().trouble = (response) => {
        held.push(response)
        resolve()
      }
    })
    time.now += 10 * MINUTE_MS
    const later = await issuer().sign(good)
    expect(await tokens.verify(later, 'acme')).toBeTruthy()
    await isAsked
    expect(await tokens.verify(later, 'acme')).toBeTruthy()
    for (const response of held) response.writeHead(503).end()
  })

  it.each<[string, object]>([
    ['another issuer', { issuer: 'https://other.example' }],
    ['the issuer with a slash more', { issuer: 'slash' }],
    ['keys over plain HTTP', { jwks_uri: 'http://keys.example/jwks' }],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }],
  ])('are not taken from metadata that name %s', async (_what, lies) => {
    issuer().lies =
      'issuer' in lies && lies.issuer === 'slash' ? { issuer: `${issuer().issuer}/` } : lies
    await expect(
      verifierOf(issuer()).verify(await issuer().sign(good), 'acme'),
    ).rejects.toMatchObject(away)
  })
})

/** Until nobody reads it any longer. */
function sendForEver(response: Parameters<NonNullable<TestIssuer['trouble']>>[0]): void {
  const chunk = ' '.repeat(64 * 1024)
  const more = () => {
    while (!response.destroyed && response.write(chunk)) continue
  }
  response.writeHead(200).on('drain', more)
  more()
}
