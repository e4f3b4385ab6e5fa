/** Reading what tokens claim: nothing in them is of the type that one would wish. */
import { isJsonObject } from '../domain/json.js'
import { invalidToken } from '../auth/auth.js'

/**
 * @param path the claim's name, which may hold dots, or else the way to it: `realm_access.roles`
 * @returns undefined when there is none
 */
export function claimAt(claims: object, path: string): unknown {
  if (Object.hasOwn(claims, path)) return Reflect.get(claims, path)
  let found: unknown = claims
  for (const name of path.split('.')) {
    if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined
    found = found[name]
  }
  return found
}

/** A text, a truth value, a number, or a list of them: as texts. Anything else says nothing. */
export function textsIn(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value]
  return all.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean'
      ? [String(one)]
      : [],
  )
}

/** OpenID Connect Core allows a subject 255 characters. */
const MAX_USER_CHARS = 255

/**
 * A user of a foreign issuer is kept apart from local ones, whatever he is called there.
 *
 * @throws GatewayError `UNAUTHENTICATED` for what names nobody
 */
export function toUserId(prefix: 'oidc' | 'cognito', value: unknown): string {
  const isName =
    typeof value === 'string' &&
    value.length >= 1 &&
    value.length <= MAX_USER_CHARS &&
    !UNPRINTABLE.test(value)
  if (!isName) throw invalidToken()
  return `${prefix}:${value}`
}

/** Control characters, and halves of characters: two names that look alike would be two users. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u
