/**
 * Calls as they end, told from the history alone: it shows those of every instance, from anywhere.
 * A call that runs for long enough is in the history before it ends; one that does not is among the
 * newest when it is written.
 */
import { LRUCache } from 'lru-cache'
import type { Calls, HistoryPage, HistoryQuery, ListedCall } from '../calls/calls.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { CallFilter } from './call-filter.js'
import { readCalls } from './read-calls.js'

export interface EndedCalls {
  /** Those that have ended since it was asked last, in that order; none when first asked. */
  poll(): Promise<EndedSince>
}

export interface EndedSince {
  readonly calls: readonly ListedCall[]
  /** False when there were too many to look at. */
  readonly isComplete: boolean
}

export interface EndedCallsParts {
  readonly calls: Pick<Calls, 'list'>
  readonly endpointId: EndpointId
  readonly filter: CallFilter
  /** From the beginning of a call to its first record, at most: milliseconds. */
  readonly recordedWithinMs: number
  /** That one look sees, of those that run and of the newest. Default: 1000. */
  readonly maxCalls?: number | undefined
  readonly clock: Clock
}

const DEFAULT_MAX_CALLS = 1000

/** A call that has run for longer is not followed: as long as a task may run at most. */
const RUNNING_FOR_MS = 86_400_000

/** Several looks at as many calls as one sees. */
const MAX_TOLD = 20_000

export function createEndedCalls(parts: EndedCallsParts): EndedCalls {
  const told = new LRUCache<string, true>({ max: MAX_TOLD })
  let running: ReadonlySet<string> = new Set()
  let isFirst = true

  const isNew = ({ callId }: ListedCall): boolean => {
    if (told.get(callId) === true) return false
    told.set(callId, true)
    return true
  }
  return {
    async poll() {
      const [newest, open] = await Promise.all([readNewest(parts), readRunning(parts)])
      const listed = [...open.calls, ...newest.calls]
      const known = new Set(listed.map(({ callId }) => callId))
      const gone = await readGone(
        parts,
        [...running].filter((callId) => !known.has(callId)),
      )
      const all = [...listed, ...gone]
      const ended = all.filter((call) => call.status !== 'in_process' && isNew(call))
      running = new Set(all.filter(isRunning).map(({ callId }) => callId))
      const { status } = parts.filter
      const shown = ended.filter((call) => status === undefined || call.status === status)
      const isComplete = newest.cursor === undefined && open.cursor === undefined
      const calls = isFirst ? [] : shown.sort((a, b) => a.updatedAt - b.updatedAt)
      isFirst = false
      return { calls, isComplete }
    },
  }
}

function isRunning({ status }: ListedCall): boolean {
  return status === 'in_process'
}

/** Whatever their status: a call that still runs must not be missed when it ends. */
function readNewest({ calls, endpointId, filter, recordedWithinMs, ...parts }: EndedCallsParts) {
  const { maxCalls: limit = DEFAULT_MAX_CALLS, clock } = parts
  const from = clock.now() - recordedWithinMs
  return readCalls(calls, { ...filter, endpointId, status: undefined, from, limit })
}

/** By status alone: calls that run are few, and stand together. */
async function readRunning({ calls, endpointId, filter, ...parts }: EndedCallsParts) {
  const { maxCalls: limit = DEFAULT_MAX_CALLS, clock } = parts
  const from = clock.now() - RUNNING_FOR_MS
  const query: HistoryQuery = { endpointId, status: 'in_process', from, limit }
  const page = await readCalls(calls, query)
  return { ...page, calls: page.calls.filter((call) => fits(call, filter)) } satisfies HistoryPage
}

function fits(call: ListedCall, { mcpType, name, userId }: CallFilter): boolean {
  return (
    (mcpType === undefined || call.mcpType === mcpType) &&
    (name === undefined || call.name === name) &&
    (userId === undefined || call.userId === userId)
  )
}

/** Those that ran when they were seen last, and are not among them any longer. */
async function readGone(
  { calls, endpointId }: EndedCallsParts,
  callIds: readonly string[],
): Promise<ListedCall[]> {
  const found: ListedCall[] = []
  for (const callId of callIds) {
    const from = timeOf(callId)
    const page = await readCalls(calls, {
      endpointId,
      from,
      to: from + 1,
      limit: DEFAULT_MAX_CALLS,
    })
    found.push(...page.calls.filter((call) => call.callId === callId))
  }
  return found
}

/** A call's id is a UUIDv7: it begins with its time, in milliseconds since 1970. */
function timeOf(callId: string): number {
  return parseInt(`${callId.slice(0, 8)}${callId.slice(9, 13)}`, 16)
}
