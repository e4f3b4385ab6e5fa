/** Requests that are refused for who sends them are events of the audit, whichever route they take. */
import type { FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.js'
import { createRefusalTrail } from '../auth/auth.js'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'

const ACTIONS: Partial<Record<GatewayErrorCode, string>> = {
  UNAUTHENTICATED: 'auth.refused',
  FORBIDDEN: 'auth.refused',
  LOCKED_OUT: 'signin.locked',
  ORIGIN_REFUSED: 'origin.refused',
}

/** Who refuses a password there says so, and knows whose it was to be. */
const LOGIN = '/:endpointId/auth/login'

/** Without anything in the header: what is refused there is in the body, or in the query. */
const REFRESH = '/:endpointId/auth/refresh'

const SHORT_PATH = '/mcp'

export function createRefusalNotes(
  audit: Pick<Audit, 'note'> | undefined,
): (request: FastifyRequest, thrown: unknown) => void {
  const note = audit && createRefusalTrail(audit)
  return (request, thrown) => {
    if (note === undefined || !(thrown instanceof GatewayError)) return
    const action = ACTIONS[thrown.code]
    if (action === undefined || !isNews(request, thrown.code)) return
    // The route, and never the URL: that one is the client's, and may hold a ticket.
    const { method } = request
    const detail = { code: thrown.code, route: `${method} ${request.routeOptions.url ?? 'none'}` }
    note({ endpointId: endpointOf(request), action, address: request.ip, detail })
  }
}

/** Who brings nothing is only told how to sign in. */
function isNews({ routeOptions, headers, query }: FastifyRequest, code: GatewayErrorCode): boolean {
  if (code !== 'UNAUTHENTICATED') return true
  if (routeOptions.url === LOGIN) return false
  const hasTicket = isJsonObject(query) && query['ticket'] !== undefined
  return headers.authorization !== undefined || hasTicket || routeOptions.url === REFRESH
}

function endpointOf({ params, routeOptions }: FastifyRequest): string | undefined {
  if (routeOptions.url === SHORT_PATH) return 'default'
  const endpointId = isJsonObject(params) ? params['endpointId'] : undefined
  return typeof endpointId === 'string' ? endpointId : undefined
}
