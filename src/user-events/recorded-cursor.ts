/**
 * Places in the stream of an endpoint's recorded calls: `{event}.{calls of it still to come}.{whose}`.
 * Events hold several calls, and every call has a place of its own.
 */
import { createHash } from 'node:crypto'
import type { EndpointId } from '../domain/tenant.js'
import { GatewayError } from '../domain/errors.js'
import type { EventId } from '../events/events.js'

export interface RecordedPlace {
  readonly eventId: EventId
  /** The last so many calls of that event were not told yet. */
  readonly left: number
}

/** Before everything that is kept, and before what was lost: no log gives out this id. */
export const LOST: RecordedPlace = { eventId: '0-0', left: 0 }

const CURSOR = /^(\d{1,15}-\d{1,15})\.(\d{1,4})\.([\w-]{16})$/

/** Makes the cursors of one endpoint. */
export function cursorsOf(endpointId: EndpointId): (place: RecordedPlace) => string {
  const owner = ownerOf(endpointId)
  return ({ eventId, left }) => `${eventId}.${left}.${owner}`
}

/** @throws GatewayError `INVALID_REQUEST` for one of another endpoint, or none */
export function readPlace(endpointId: EndpointId, cursor: string): RecordedPlace {
  const [, eventId, left, owner] = CURSOR.exec(cursor) ?? []
  if (eventId === undefined || owner !== ownerOf(endpointId))
    throw new GatewayError(
      'INVALID_REQUEST',
      'after: not a cursor of the recorded calls of this endpoint',
    )
  return { eventId, left: Number(left) }
}

function ownerOf(endpointId: EndpointId): string {
  return createHash('sha256').update(endpointId).digest('base64url').slice(0, 16)
}
