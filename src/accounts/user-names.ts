/** What users may be called, and where they have their account. */
import { GATEWAY_HOME } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'

/** Operators of the whole gateway are called so, everywhere: no endpoint's user can be one. */
export const OPERATOR_PREFIX = 'operator:'

const USER_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,117}$/

/** Who the operator's static token acts as. */
const RESERVED = 'operator'

export const USER_NAME_RULE =
  '1 to 118 of A-Z, a-z, 0-9, ., _, @, + and -, beginning with a letter or digit, and not "operator"'

/** True for one that may be added; with an operator's prefix, for an operator. */
export function isUserName(text: string): boolean {
  const isOperator = text.startsWith(OPERATOR_PREFIX)
  const name = isOperator ? text.slice(OPERATOR_PREFIX.length) : text
  return USER_NAME.test(name) && (isOperator || name !== RESERVED)
}

/** Names of others than users of a password: operators, keys, and subjects of other issuers. */
const RESERVED_SUBJECT = /^(operator|key|oidc|cognito):/

/** True for one that is not to be given away by whoever makes a token. */
export function isReservedSubject(text: string): boolean {
  return text === RESERVED || RESERVED_SUBJECT.test(text)
}

/** Subjects of other issuers have up to 255 characters, and say before that whose they are. */
export const MAX_SUBJECT_CHARS = 264

/** True for what a user's id may be, of whichever issuer. */
export function isSubject(text: string): boolean {
  return text.length > 0 && text.length <= MAX_SUBJECT_CHARS && !/\p{Cc}/u.test(text)
}

/** Where the account of one is who signs in at an endpoint. */
export function homeOf(username: string, endpointId: EndpointId): EndpointId {
  return username.startsWith(OPERATOR_PREFIX) ? GATEWAY_HOME : endpointId
}
