/** Events of a gateway as they are printed; one that this version does not know is shown as it is. */
import { isJsonObject, MAX_FUNCTION_JSON_DEPTH, nestsDeeperThan } from '../domain/json.js'
import { USER_EVENT_TYPES, UserEvent } from '../user-events/user-events.js'
import { toTimeSpent } from './call-lines.js'
import type { TailedEvent } from './event-source.js'
import { toPrintable, toPrintableJson } from './printable.js'

const TYPE_CHARS = Math.max(...USER_EVENT_TYPES.map((type) => type.length))

/** A result stands inside its event. */
const MAX_DEPTH = MAX_FUNCTION_JSON_DEPTH + 10

/** Time, type, and of a call its function, how it stands, duration and id. */
export function toEventLine(told: TailedEvent): string {
  const body = readData(told)
  const { success, data: event } = UserEvent.safeParse(body)
  if (!success) return `${toPrintable(told.name ?? 'message')}  ${toPrintableJson(body)}`
  const words = wordsOf(event).map(toPrintable)
  return [toPrintable(event.time), event.type.padEnd(TYPE_CHARS), ...words].join('  ')
}

/** One JSON object in one line, with the id of the event. */
export function toEventJson(told: TailedEvent): string {
  const { id, name } = told
  const data = readData(told)
  return toPrintableJson({ id, ...(isJsonObject(data) ? data : { type: name, data }) })
}

/** Its text, where it is not JSON, or JSON that no gateway makes. */
function readData({ data }: TailedEvent): unknown {
  try {
    return nestsDeeperThan(MAX_DEPTH, data) ? data : JSON.parse(data)
  } catch {
    return data
  }
}

function wordsOf(event: UserEvent): string[] {
  if ('callId' in event) return callWordsOf(event)
  if (event.type === 'catalog.changed') return [`the list of ${event.list} has changed`]
  if (event.type === 'resource.updated') return [`resource ${event.uri} has changed`]
  return [event.message]
}

function callWordsOf(event: CallEvent): string[] {
  const name = functionOf(event)
  if (event.type === 'call.started') return [name, event.callId]
  if (event.type === 'call.progress') return [name, progressOf(event), event.callId]
  const { status, error, durationMs, callId } = event
  return [name, error ? `${status} (${error.code})` : status, toTimeSpent(durationMs), callId]
}

function functionOf({ function: { type, name } }: CallEvent): string {
  return `${type} ${name}`
}

function progressOf({ progress, total, message }: ProgressEvent): string {
  const far = total === undefined ? `at ${progress}` : `${progress} of ${total}`
  return message === undefined ? far : `${far}: ${message}`
}

type CallEvent = Extract<UserEvent, { callId: string }>
type ProgressEvent = Extract<UserEvent, { type: 'call.progress' }>
