/** What a key may be: never more than its maker, and never of somebody else's name. */
import { isSubject, OPERATOR_PREFIX } from '../accounts/accounts.js'
import { GATEWAY_HOME, type Role, ROLES } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { FUNCTION_GLOB_RULE, isFunctionGlob, MAX_FUNCTION_GLOBS } from '../domain/function-globs.js'
import type { EndpointId } from '../domain/tenant.js'
import type { KeyMaker, NewApiKey } from './keys.js'

const MAX_DAYS = 3650
const MAX_NAME_CHARS = 64

/** Users that no key but one's own may call as: those of other keys, and the static token's. */
const RESERVED_USER = /^(operator:)?key:|^operator$/

/** @throws GatewayError `INVALID_REQUEST`, `FORBIDDEN` */
export function checkNewKey(maker: KeyMaker, key: NewApiKey): void {
  const { name, days, functions = [] } = key
  checkKeyName(name)
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    throw invalid(`days: must be a whole number from 1 to ${MAX_DAYS}`)
  if (functions.length > MAX_FUNCTION_GLOBS || !functions.every(isFunctionGlob))
    throw invalid(`function: must be ${FUNCTION_GLOB_RULE}, ${MAX_FUNCTION_GLOBS} of them at most`)
  checkUser(key)
  checkRoles(maker, key)
}

/** @throws GatewayError `INVALID_REQUEST` */
export function checkKeyName(name: string): void {
  if (name.length < 1 || name.length > MAX_NAME_CHARS || /\p{Cc}/u.test(name))
    throw invalid(`name: must have 1 to ${MAX_NAME_CHARS} characters, none of them unprintable`)
}

function checkRoles(maker: KeyMaker, { home, roles }: NewApiKey): void {
  const isOperators = home === GATEWAY_HOME
  if (roles.length === 0 || roles.some((role) => (role === 'operator') !== isOperators))
    throw invalid('role: operator is the one role of keys of the whole gateway, and of no others')
  if (rankOf(roles) > rankOf(maker.roles) || maker.functions !== undefined)
    throw new GatewayError('FORBIDDEN', 'A key can do no more than its maker')
}

/** The user of a key that was made for nobody. */
export function ownUserOf(home: EndpointId, keyId: string): string {
  return home === GATEWAY_HOME ? `${OPERATOR_PREFIX}key:${keyId}` : `key:${keyId}`
}

function checkUser({ home, userId }: NewApiKey): void {
  if (userId === undefined) return
  if (!isSubject(userId) || RESERVED_USER.test(userId))
    throw invalid('user: must have 1 to 128 characters, and not be "operator" or a key')
  if (userId.startsWith(OPERATOR_PREFIX) === (home === GATEWAY_HOME)) return
  throw invalid(`user: keys of the whole gateway, and no others, are for ${OPERATOR_PREFIX}NAME`)
}

function rankOf(roles: readonly Role[]): number {
  return Math.max(-1, ...roles.map((role) => ROLES.indexOf(role)))
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_REQUEST', message)
}
