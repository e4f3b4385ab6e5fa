/** Who may use the management API: proven, counted and asked for the right, before a body is read. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from '../access/access.js'
import type { Authenticator } from '../auth/auth.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { admitRequest, type LimitedParts } from './limit-requests.js'

export interface GraphqlDoorParts extends LimitedParts {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'authenticateOperator'>
  readonly access: Pick<Access, 'demand'>
}

export interface GraphqlRoute {
  /** Without an endpoint it is for operators of the whole gateway. */
  Params: { endpointId?: string }
}

/**
 * A hook. Finer rights are asked for by what is asked.
 *
 * @param target as the audit names it
 */
export function createGraphqlDoor(parts: GraphqlDoorParts, target: string) {
  return async (request: FastifyRequest<GraphqlRoute>, reply: FastifyReply): Promise<void> => {
    const caller = await prove(parts.authenticator, request)
    await admitRequest(parts, { caller }, reply)
    parts.access.demand(caller, 'publish', target)
    if (caller.functions !== undefined)
      throw new GatewayError('FORBIDDEN', 'A key that is good for some functions manages none')
    request.caller = caller
  }
}

function prove(
  authenticator: GraphqlDoorParts['authenticator'],
  { headers, params, ip }: FastifyRequest<GraphqlRoute>,
): Promise<Caller> {
  const { authorization } = headers
  return params.endpointId === undefined
    ? authenticator.authenticateOperator(authorization, ip)
    : authenticator.authenticate(authorization, params.endpointId, ip)
}

/** Behind the door. */
export function provenCaller({ caller }: FastifyRequest<GraphqlRoute>): Caller {
  if (caller === undefined)
    throw new Error('a route without authentication reached the management API')
  return caller
}
