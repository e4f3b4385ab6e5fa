/** Key pairs of local tokens: named by their own thumbprint, their public halves for everybody. */
import { createHash, type JsonWebKey, type KeyObject } from 'node:crypto'

/** A key as it is configured. */
export interface KeyPair {
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA'
  readonly publicKey: KeyObject
  /** Absent for one that only proves what it once signed. */
  readonly privateKey?: KeyObject | undefined
}

export interface SigningKey extends KeyPair {
  /** Its RFC 7638 thumbprint: what tokens call it by. */
  readonly kid: string
}

/** What `/.well-known/jwks.json` answers: RFC 7517, 5. */
export interface PublicKeys {
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

export function toSigningKey(pair: KeyPair): SigningKey {
  return { ...pair, kid: thumbprint(pair.publicKey.export({ format: 'jwk' })) }
}

/** Of keys that a deployment no longer signs with too, for as long as it lists them. */
export function toPublicKeys(keys: readonly SigningKey[]): PublicKeys {
  return {
    keys: keys.map(({ publicKey, kid, algorithm: alg }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
      alg,
      use: 'sig',
    })),
  }
}

/** Of the members that its type requires, in the order of their names. */
function thumbprint({ crv, e, kty, n, x, y }: JsonWebKey): string {
  const required = JSON.stringify({ crv, e, kty, n, x, y })
  return createHash('sha256').update(required).digest('base64url')
}
