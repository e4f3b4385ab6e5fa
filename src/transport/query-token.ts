/** Tokens do not belong into URLs: those are logged, kept and passed on all along the way. */
import type { onRequestHookHandler } from 'fastify'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'

/** RFC 6750, 2.3, which the revisions forbid. */
const PARAMETER = 'access_token'

/** A hook that answers with `INVALID_REQUEST`, whether the token is good or not. */
export const refuseQueryToken: onRequestHookHandler = ({ query }, _reply, done) => {
  if (!isJsonObject(query) || !Object.hasOwn(query, PARAMETER)) return done()
  const message = `${PARAMETER}: send the token in the Authorization header, never in the URL`
  return done(new GatewayError('INVALID_REQUEST', message))
}
