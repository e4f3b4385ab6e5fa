/** The public keys of an issuer: a JWK Set, kept and renewed. */
import { createLocalJWKSet, type CryptoKey, errors, type JWTHeaderParameters } from 'jose'
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { fetchJson } from './fetch-json.js'
import { createKept } from './kept.js'

export interface IssuerKeys {
  /**
   * The keys that a token may be signed with: those that fit the `alg` and `kid` of its header. Of a
   * header nothing else is looked at: where keys are, or which they are, a token cannot say.
   *
   * @throws GatewayError `ACCOUNTS_UNAVAILABLE` when the issuer cannot be asked, and never could
   */
  find(header: JWTHeaderParameters): Promise<readonly CryptoKey[]>
}

export interface IssuerKeysParts {
  readonly issuer: string
  /** Called when keys are first needed, and whenever they are read again. */
  readonly findJwksUri: () => Promise<string>
  readonly clock: Clock
  readonly log: Log
}

/** Keys that fit one header: a token without `kid` is tried with no more of them. */
const MAX_FITTING = 8

const JwkSet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

type KeySet = ReturnType<typeof createLocalJWKSet>

export function createIssuerKeys({ issuer, findJwksUri, clock, log }: IssuerKeysParts): IssuerKeys {
  const load = async () => createLocalJWKSet(JwkSet.parse(await fetchJson(await findJwksUri())))
  const sets = createKept({ name: `the keys of ${issuer}`, load, clock, log })
  return {
    find: async (header) => {
      const set = await sets.get()
      const known = await fitting(set, header)
      if (known.length > 0) return known
      // The issuer may have a key that it had not when we asked.
      const newer = await sets.renew()
      return newer === set ? [] : fitting(newer, header)
    },
  }
}

/** @returns none when no key fits, or when the set's key is broken */
async function fitting(set: KeySet, header: JWTHeaderParameters): Promise<CryptoKey[]> {
  try {
    return [await set(header)]
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return firstOf(error)
    if (error instanceof errors.JOSEError) return []
    throw error
  }
}

async function firstOf(keys: AsyncIterable<CryptoKey>): Promise<CryptoKey[]> {
  const first: CryptoKey[] = []
  for await (const key of keys) if (first.push(key) === MAX_FITTING) break
  return first
}
