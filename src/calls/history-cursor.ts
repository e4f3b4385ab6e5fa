/**
 * Where the next page of a history begins, in either direction: good for one question about one
 * endpoint.
 */
import { createHash } from 'node:crypto'
import { validate as isUuid } from 'uuid'
import { GatewayError } from '../domain/errors.js'
import type { HistoryQuery } from './calls.js'

/** @param callId the next page begins with the call that follows this one, or that comes before it */
export function toCursor(query: HistoryQuery, callId: string): string {
  return Buffer.from(JSON.stringify([scopeOf(query), callId])).toString('base64url')
}

/**
 * @returns the id after which the page begins, or before which it ends; undefined for the first one
 * @throws GatewayError `CURSOR_INVALID` for one that this question has not been answered with
 */
export function readCursor(query: HistoryQuery): string | undefined {
  if (query.cursor === undefined) return undefined
  const parts = parse(query.cursor)
  const [scope, callId] = Array.isArray(parts) ? parts : []
  if (scope === scopeOf(query) && typeof callId === 'string' && isUuid(callId)) return callId
  throw new GatewayError('CURSOR_INVALID', 'cursor: not one that this history has issued')
}

/** Endpoint and filters; neither the number of calls on a page nor the cursor itself. */
function scopeOf({ endpointId, mcpType, name, userId, status, from, to }: HistoryQuery): string {
  const scope = JSON.stringify([endpointId, mcpType, name, userId, status, from, to])
  return createHash('sha256').update(scope).digest('base64url')
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
