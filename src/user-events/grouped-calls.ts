/**
 * Calls on their way into the event log: of each endpoint one event at a time, and what ends
 * meanwhile is the next one together. So a busy endpoint costs one append for many calls, and a
 * quiet one waits for nothing.
 */
import { LRUCache } from 'lru-cache'
import type { EndpointId } from '../domain/tenant.js'
import { type EventLog, recordedStream, type Stream } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'
import { bytesOf, type CallEntry, type CallGroup } from './call-group.js'

export interface GroupedCalls {
  add(endpointId: EndpointId, call: CallEntry): void
  /** Settles when everything that was added is in the log, or lost. */
  settled(): Promise<void>
}

export interface GroupedCallsParts {
  readonly events: Pick<EventLog, 'append'>
  readonly log: Log
  /** Calls of an endpoint were not taken by the log. */
  readonly onLost: (stream: Stream) => void
}

/** Of one endpoint, while an event of it is on its way; beyond either the oldest are dropped. */
const MAX_WAITING = 1000
const MAX_WAITING_BYTES = 256 * 1024

/** In one event: whoever goes on from a cursor takes those of an event at once. */
const MAX_CALLS = 250

/** Endpoints whose lines are kept; one that was forgotten gets another. */
const MAX_LINES = 10_000

export function createGroupedCalls(parts: GroupedCallsParts): GroupedCalls {
  const lines = new LRUCache<string, Line>({ max: MAX_LINES })
  const busy = new Set<Line>()
  return {
    add(endpointId, call) {
      let line = lines.get(endpointId)
      if (line === undefined) {
        line = new Line(recordedStream(endpointId), parts, busy)
        lines.set(endpointId, line)
      }
      line.add(call)
    },
    settled: async () => {
      await Promise.all([...busy].map((line) => line.settled()))
    },
  }
}

/** The calls of one endpoint. */
class Line {
  readonly #stream: Stream
  readonly #parts: GroupedCallsParts
  /** Lines with an event on its way. */
  readonly #busy: Set<Line>
  #sending: Promise<void> | undefined
  readonly #waiting: CallEntry[] = []
  #waitingBytes = 0
  #hasGap = false
  #isFailing = false

  constructor(stream: Stream, parts: GroupedCallsParts, busy: Set<Line>) {
    this.#stream = stream
    this.#parts = parts
    this.#busy = busy
  }

  add(call: CallEntry): void {
    if (this.#sending === undefined) {
      this.#busy.add(this)
      this.#send([call])
      return
    }
    this.#waiting.push(call)
    this.#waitingBytes += bytesOf(call)
    while (this.#waiting.length > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES)
      this.#dropOldest()
  }

  async settled(): Promise<void> {
    while (this.#sending !== undefined) await this.#sending
  }

  #dropOldest(): void {
    const dropped = this.#waiting.shift()
    if (dropped === undefined) return
    this.#waitingBytes -= bytesOf(dropped)
    this.#hasGap = true
  }

  #send(calls: readonly CallEntry[]): void {
    const group: CallGroup = this.#hasGap
      ? { type: 'calls', calls, hasGap: true }
      : { type: 'calls', calls }
    this.#hasGap = false
    this.#sending = this.#parts.events.append(this.#stream, group).then(this.#next, this.#fail)
  }

  readonly #next = (): void => {
    this.#isFailing = false
    this.#sendWaiting()
  }

  readonly #fail = (err: unknown): void => {
    const { log, onLost } = this.#parts
    // Once for as long as it lasts: there may be thousands a second.
    if (!this.#isFailing)
      log.warn({ err, stream: this.#stream }, 'recorded calls could not be told to administrators')
    this.#isFailing = true
    onLost(this.#stream)
    this.#sendWaiting()
  }

  #sendWaiting(): void {
    if (this.#waiting.length === 0) {
      this.#sending = undefined
      this.#busy.delete(this)
      return
    }
    const calls = this.#waiting.splice(0, MAX_CALLS)
    for (const call of calls) this.#waitingBytes -= bytesOf(call)
    this.#send(calls)
  }
}
