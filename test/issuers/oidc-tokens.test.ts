import { exportJWK, exportSPKI, generateKeyPair, importJWK, UnsecuredJWT } from 'jose'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { describe, expect, it } from 'vitest'
import { startTestIssuer } from '../support/test-issuer.js'
import {
  ACME,
  HOME,
  START,
  MINUTE_MS,
  clock,
  good,
  refused,
  useIssuer,
  verifierOf,
} from './oidc-setup.js'

const issuer = useIssuer()

describe('a token of an OpenID Connect issuer', () => {
  it('makes its user a caller of the endpoint whose URL is its audience [A2]', async () => {
    expect(await verifierOf(issuer()).verify(await issuer().sign(good), 'acme')).toEqual({
      endpointId: 'acme',
      userId: 'oidc:ann',
      roles: ['reader', 'caller'],
      expiresAt: START + 10 * MINUTE_MS,
      credential: { home: 'acme', epoch: 0, issuedAt: START },
    })
  })

  it('is recognised by the issuer that it names, and by nothing else', async () => {
    const tokens = verifierOf(issuer())
    expect(tokens.recognises(await issuer().sign(good))).toBe(true)
    expect(tokens.recognises(await issuer().sign({ iss: `${issuer().issuer}/` }))).toBe(false)
    for (const other of ['', 'a.b.c', 'mcp_key_secret', 'x'.repeat(8192)])
      expect(tokens.recognises(other)).toBe(false)
    expect(issuer().asked).toEqual([])
  })

  it('may name several audiences, and says its type in any way that is usual', async () => {
    const tokens = verifierOf(issuer())
    const several = await issuer().sign({ ...good, aud: ['https://other.example', ACME] })
    expect(await tokens.verify(several, 'acme')).toMatchObject({ userId: 'oidc:ann' })
    for (const typ of ['JWT', 'jwt', 'application/at+jwt', undefined])
      expect(
        await tokens.verify(await issuer().sign(good, { header: { typ } }), 'acme'),
      ).toBeTruthy()
  })

  it('at the endpoint "default" may name the short URL too', async () => {
    const tokens = verifierOf(issuer())
    for (const aud of [`${HOME}/mcp`, `${HOME}/default/mcp`])
      expect(await tokens.verify(await issuer().sign({ ...good, aud }), 'default')).toBeTruthy()
    const elsewhere = await issuer().sign({ ...good, aud: `${HOME}/mcp` })
    await expect(tokens.verify(elsewhere, 'acme')).rejects.toMatchObject(refused)
  })

  it('may be half a minute late or early, as clocks are', async () => {
    const tokens = verifierOf(issuer())
    for (const claims of [
      { exp: START / 1000 - 29 },
      { nbf: START / 1000 + 29 },
      { iat: START / 1000 + 29 },
    ])
      expect(await tokens.verify(await issuer().sign({ ...good, ...claims }), 'acme')).toBeTruthy()
  })

  it.each<[string, object]>([
    ['for another audience', { aud: 'https://other.example' }],
    ['for another endpoint', { aud: `${HOME}/other/mcp` }],
    ['for the gateway as a whole', { aud: HOME }],
    ['for a URL that only begins like ours', { aud: `${ACME}/more` }],
    ['for nobody', { aud: undefined }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['that is over', { exp: START / 1000 - 31 }],
    ['that is never over', { exp: undefined }],
    ['that is not valid yet', { nbf: START / 1000 + 31 }],
    ['that is issued in the future', { iat: START / 1000 + 31 }],
    ['without a user', { sub: undefined }],
    ['whose user is empty', { sub: '' }],
    ['whose user is no text', { sub: 7 }],
    ['whose user is too long', { sub: 'x'.repeat(256) }],
    ['whose user has a control character', { sub: 'ann\n' }],
    ['whose user is half a character', { sub: '\ud800' }],
  ])('%s is refused [A2]', async (_what, claims) => {
    const token = await issuer().sign({ ...good, ...claims })
    await expect(verifierOf(issuer()).verify(token, 'acme')).rejects.toMatchObject(refused)
  })
})

describe('a forged token', () => {
  it('is refused unsigned, torn, or signed with a key of somebody else', async () => {
    const tokens = verifierOf(issuer())
    const token = await issuer().sign(good)
    const [head = '', body = '', signature = ''] = token.split('.')
    const unsigned = new UnsecuredJWT({
      ...good,
      iss: issuer().issuer,
      exp: START / 1000 + 60,
    }).encode()
    const { privateKey } = await generateKeyPair('RS256')
    const forged = [
      unsigned,
      `${unsigned}${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}.${Buffer.from(JSON.stringify({ ...good, sub: 'eve' })).toString('base64url')}.${signature}`,
      await issuer().sign(good, { key: privateKey }),
      `a.${body}.${signature}`,
    ]
    for (const one of forged)
      await expect(tokens.verify(one, 'acme')).rejects.toMatchObject(refused)
  })

  it('is refused when the public key served as a shared secret', async () => {
    const publicKey = await importJWK(issuer().jwk, 'RS256', { extractable: true })
    if (publicKey instanceof Uint8Array) throw new Error('no public key')
    const pem = new TextEncoder().encode(await exportSPKI(publicKey))
    const modulus = Buffer.from(issuer().jwk.n ?? '', 'base64url')
    for (const secret of [pem, modulus])
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const token = await issuer().sign(good, { header: { alg }, key: secret })
        await expect(verifierOf(issuer()).verify(token, 'acme')).rejects.toMatchObject(refused)
      }
  })

  it('finds no keys where its header says that there are some', async () => {
    const asked: string[] = []
    const evil = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end()
    })
    evil.listen(0, '127.0.0.1')
    await once(evil, 'listening')
    const { publicKey, privateKey: key } = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'mine' }
    const at = `http://127.0.0.1:${Object(evil.address()).port}`
    for (const header of [
      { jku: `${at}/jwks` },
      { x5u: `${at}/chain` },
      { jwk },
      { jwk, kid: 'mine' },
    ]) {
      const token = await issuer().sign(good, { header, key })
      await expect(verifierOf(issuer()).verify(token, 'acme')).rejects.toMatchObject(refused)
    }
    expect(asked).toEqual([])
    evil.close()
  })

  it.each<[string, object]>([
    ['of another type', { typ: 'logout+jwt' }],
    ['with an extension that nobody knows', { crit: ['x'], x: 1 }],
    ['whose payload is not encoded', { crit: ['b64'], b64: false }],
    ['of another algorithm than the key', { alg: 'PS256' }],
    ['of no algorithm', { alg: undefined }],
    ['whose algorithm is no text', { alg: 7 }],
    ['whose key’s name is no text', { kid: ['key-1'] }],
  ])('%s is refused, though signed with the right key', async (_what, header) => {
    await expect(verifierOf(issuer()).verify(await signRaw({}), 'acme')).resolves.toBeTruthy()
    const token = await signRaw(header)
    await expect(verifierOf(issuer()).verify(token, 'acme')).rejects.toMatchObject(refused)
  })

  /** With any header, also one that no library would write. */
  async function signRaw(header: object): Promise<string> {
    const { key, jwk, issuer: iss } = issuer()
    const claims = { ...good, iss, exp: START / 1000 + 60 }
    const parts = [{ alg: 'RS256', kid: jwk.kid, ...header }, claims]
    const signed = parts
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const bytes = new TextEncoder().encode(signed)
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, bytes)
    return `${signed}.${Buffer.from(signature).toString('base64url')}`
  }
})

describe('each algorithm that is not symmetric', () => {
  it.each(['RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    '%s is taken',
    async (algorithm) => {
      const other = await startTestIssuer({ algorithm, now: clock.now })
      expect(await verifierOf(other).verify(await other.sign(good), 'acme')).toBeTruthy()
      await other.stop()
    },
  )
})
