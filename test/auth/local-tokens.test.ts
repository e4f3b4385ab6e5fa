import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createLocalTokens, type LocalTokens } from '../../src/auth/local-tokens.js'
import { type KeyPair, toSigningKey } from '../../src/auth/signing-keys.js'

const SECRET = 'a-signing-key-of-more-than-32-characters'
const START = Date.UTC(2026, 10, 21)
const clock = { now: () => START }
const refused = { code: 'UNAUTHENTICATED' }

const ed = (): KeyPair => ({ algorithm: 'EdDSA', ...generateKeyPairSync('ed25519') })
const rsa: KeyPair = {
  algorithm: 'RS256',
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }),
}
const ec: KeyPair = {
  algorithm: 'ES256',
  ...generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
}
const first = ed()

const ann = {
  userId: 'ann',
  endpointId: 'acme',
  roles: ['caller'] as const,
  expiresAt: START + 600_000,
}

const claims = { sub: 'ann', endpoint_id: 'acme', exp: START / 1000 + 600 }
const signWith = (key: Uint8Array | KeyObject, header: { alg: string; kid?: string }) =>
  new SignJWT(claims).setProtectedHeader(header).sign(key)

/** As the authenticator does: who recognises a token judges it. */
async function prove(tokens: LocalTokens, token: string, endpointId = 'acme') {
  return tokens.recognises(token) ? tokens.verify(token, endpointId) : 'not recognised'
}

describe.each<[string, KeyPair]>([
  ['RS256', rsa],
  ['ES256', ec],
  ['EdDSA', first],
])('a key pair of %s', (_algorithm, pair) => {
  const tokens = createLocalTokens(undefined, clock, { keys: [pair] })

  it('signs tokens that name it by its thumbprint, and proves them', async () => {
    const token = await tokens.sign(ann)
    expect(await prove(tokens, token)).toMatchObject({ userId: 'ann', endpointId: 'acme' })
    const [head = ''] = token.split('.')
    const { kid, alg } = JSON.parse(Buffer.from(head, 'base64url').toString()) as typeof pair & {
      kid: string
      alg: string
    }
    expect(alg).toBe(pair.algorithm)
    expect(kid).toBe(await calculateJwkThumbprint(pair.publicKey.export({ format: 'jwk' })))
  })

  it('shows its public half and nothing of the private one', () => {
    const [shown] = tokens.publicKeys?.keys ?? []
    expect(shown).toMatchObject({ kid: toSigningKey(pair).kid, alg: pair.algorithm, use: 'sig' })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
      expect(shown).not.toHaveProperty(secret)
  })
})

describe('tokens of this gateway', () => {
  it('of an older key are good while it is listed, and not longer', async () => {
    const old = await createLocalTokens(undefined, clock, { keys: [ec] }).sign(ann)
    const provingOnly = { algorithm: ec.algorithm, publicKey: ec.publicKey }
    const rotated = createLocalTokens(undefined, clock, { keys: [first, provingOnly] })
    expect(await prove(rotated, old)).toMatchObject({ userId: 'ann' })
    expect(await prove(rotated, await rotated.sign(ann))).toMatchObject({ userId: 'ann' })
    const over = createLocalTokens(undefined, clock, { keys: [first] })
    expect(await prove(over, old)).toBe('not recognised')
  })

  it('of the secret are good beside key pairs only where the secret is kept', async () => {
    const token = await createLocalTokens(SECRET, clock).sign(ann)
    const both = createLocalTokens(SECRET, clock, { keys: [first] })
    expect(await prove(both, token)).toMatchObject({ userId: 'ann' })
    const pairsOnly = createLocalTokens(undefined, clock, { keys: [first] })
    expect(await prove(pairsOnly, token)).toBe('not recognised')
  })

  it('are never signed by a public key that serves as a secret', async () => {
    const tokens = createLocalTokens(SECRET, clock, { keys: [rsa] })
    const { kid } = toSigningKey(rsa)
    const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' })
    const jwk = JSON.stringify(tokens.publicKeys?.keys[0])
    for (const text of [spki.toString(), jwk]) {
      const secret = new TextEncoder().encode(text)
      expect(await prove(tokens, await signWith(secret, { alg: 'HS256', kid }))).toBe(
        'not recognised',
      )
      const nameless = await signWith(secret, { alg: 'HS256' })
      await expect(prove(tokens, nameless)).rejects.toMatchObject(refused)
    }
  })

  it('are never of one key with the algorithm of another', async () => {
    const tokens = createLocalTokens(SECRET, clock, { keys: [rsa, ec] })
    const ecAsRsa = await signWith(ec.privateKey as KeyObject, {
      alg: 'ES256',
      kid: toSigningKey(rsa).kid,
    })
    const pss = await signWith(rsa.privateKey as KeyObject, {
      alg: 'PS256',
      kid: toSigningKey(rsa).kid,
    })
    const nameless = await signWith(rsa.privateKey as KeyObject, { alg: 'RS256' })
    for (const token of [ecAsRsa, pss, nameless])
      expect(await prove(tokens, token)).toBe('not recognised')
    const other = await signWith(ed().privateKey as KeyObject, {
      alg: 'EdDSA',
      kid: toSigningKey(first).kid,
    })
    const edOnly = createLocalTokens(undefined, clock, { keys: [first] })
    await expect(prove(edOnly, other)).rejects.toMatchObject(refused)
  })

  it('are never unsigned, and nothing else is taken for one', async () => {
    const tokens = createLocalTokens(SECRET, clock, { keys: [first] })
    const [head = '', body = ''] = (await tokens.sign(ann)).split('.')
    const unsigned = new UnsecuredJWT(claims).encode()
    for (const text of [unsigned, 'a.b.c', 'abc', '', 'mcp_key_secret', '..', head])
      expect(await prove(tokens, text)).toBe('not recognised')
    await expect(prove(tokens, `${head}.${body}.`)).rejects.toMatchObject(refused)
    await expect(tokens.verify('abc', 'acme')).rejects.toMatchObject(refused)
  })

  it('name their issuer where it is known, and those of another are left to others', async () => {
    const ours = createLocalTokens(SECRET, clock, { issuer: 'https://ours.example' })
    const theirs = createLocalTokens(SECRET, clock, { issuer: 'https://theirs.example' })
    const nameless = createLocalTokens(SECRET, clock)
    expect(await prove(ours, await ours.sign(ann))).toMatchObject({ userId: 'ann' })
    expect(await prove(ours, await nameless.sign(ann))).toMatchObject({ userId: 'ann' })
    expect(await prove(ours, await theirs.sign(ann))).toBe('not recognised')
    expect(await prove(nameless, await ours.sign(ann))).toBe('not recognised')
  })

  it('need a key', () =>
    expect(createLocalTokens(undefined, clock).sign(ann)).rejects.toThrow('no key'))
})

describe("an operator's token", () => {
  const tokens = createLocalTokens(SECRET, clock)
  const operator = {
    userId: 'operator:olga',
    endpointId: '*',
    roles: ['operator'] as const,
    expiresAt: START + 600_000,
    signInId: 'a-sign-in',
    epoch: 3,
  }

  it('is good at every endpoint, and its credential lies with the gateway', async () => {
    for (const endpointId of ['acme', 'umbrella'])
      expect(await tokens.verify(await tokens.sign(operator), endpointId)).toMatchObject({
        endpointId,
        userId: 'operator:olga',
        roles: ['operator'],
        credential: { home: '*', epoch: 3, signInId: 'a-sign-in' },
      })
    const elsewhere = tokens.verify(await tokens.sign(operator), '../acme')
    await expect(elsewhere).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it.each<[string, object]>([
    ['without a sign-in', { signInId: undefined }],
    ['with a role of an endpoint', { roles: ['admin'] }],
    ['of an endpoint', { endpointId: 'acme' }],
  ])('is none %s', async (_what, change) => {
    const token = await tokens.sign({ ...operator, ...change })
    await expect(tokens.verify(token, 'acme')).rejects.toMatchObject(refused)
  })
})
