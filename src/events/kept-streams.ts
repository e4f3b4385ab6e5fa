/** The events that the memory log keeps: bounded for each stream and for all of them. */
import { randomInt } from 'node:crypto'
import type { Clock } from '../domain/clock.js'
import { readEventId } from './event-order.js'
import type { EventId, EventLimits, Stream } from './events.js'

export interface KeptEvent {
  readonly id: EventId
  readonly json: string
  readonly bytes: number
  /** Milliseconds since 1970. */
  readonly at: number
}

export interface KeptStreams {
  append(stream: Stream, json: string): EventId
  /** @returns undefined when what came after the id is gone, or the id is not the stream's */
  readAfter(stream: Stream, after: EventId | undefined): readonly KeptEvent[] | undefined
  clear(): void
}

export interface KeptStreamsOptions extends EventLimits {
  readonly clock: Clock
  readonly maxStreams: number
  readonly maxTotalBytes: number
}

/** Counts stay when events go, so that an id of one that went is known as such. */
interface Kept {
  readonly epoch: number
  /** The count in the newest id. */
  count: number
  bytes: number
  events: KeptEvent[]
}

interface AllKept {
  /** Streams with events, the one appended to longest ago first. */
  readonly active: Map<Stream, Kept>
  /** Streams whose events have all gone, the one emptied longest ago first. */
  readonly empty: Map<Stream, Kept>
  bytes: number
}

/** Each beginning of a stream takes a later epoch, so ids rise over it; the steps tell nothing. */
const MAX_FIRST_EPOCH = 2 ** 47
const MAX_EPOCH_STEP = 2 ** 16

export function createKeptStreams(options: KeptStreamsOptions): KeptStreams {
  const { clock, maxAgeMs } = options
  const all: AllKept = { active: new Map(), empty: new Map(), bytes: 0 }
  let epoch = randomInt(MAX_FIRST_EPOCH)

  const find = (stream: Stream) => all.active.get(stream) ?? all.empty.get(stream)
  const begin = (): Kept => {
    epoch += randomInt(1, MAX_EPOCH_STEP)
    return { epoch, count: 0, bytes: 0, events: [] }
  }

  return {
    append(stream, json) {
      const kept = find(stream) ?? begin()
      const at = clock.now()
      const id = `${kept.epoch}-${++kept.count}`
      const bytes = Buffer.byteLength(json)
      kept.events.push({ id, json, bytes, at })
      kept.bytes += bytes
      all.bytes += bytes
      all.empty.delete(stream)
      // Behind all others: the order of the map is the order of their last events.
      all.active.delete(stream)
      all.active.set(stream, kept)
      dropOldest(all, kept, countBeyond(kept, options, at - maxAgeMs))
      makeRoom(all, options, at - maxAgeMs)
      return id
    },

    readAfter(stream, after) {
      const kept = find(stream)
      if (kept === undefined) return after === undefined ? [] : undefined
      const oldestAt = clock.now() - maxAgeMs
      if (newestAt(kept) < oldestAt) moveToEmpty(all, stream, kept)
      dropOldest(all, kept, countBeyond(kept, options, oldestAt))
      return after === undefined ? kept.events : eventsAfter(kept, after)
    },

    clear() {
      all.active.clear()
      all.empty.clear()
      all.bytes = 0
    },
  }
}

/** Milliseconds since 1970; a stream without events is as old as can be. */
function newestAt({ events }: Kept): number {
  return events.at(-1)?.at ?? 0
}

function dropOldest(all: AllKept, kept: Kept, howMany: number): void {
  // One by one: that is mostly one, and copies nothing of what stays, as `splice` does.
  for (let left = howMany; left > 0; left--) {
    const { bytes = 0 } = kept.events.shift() ?? {}
    kept.bytes -= bytes
    all.bytes -= bytes
  }
}

function moveToEmpty(all: AllKept, stream: Stream, kept: Kept): void {
  dropOldest(all, kept, kept.events.length)
  all.active.delete(stream)
  all.empty.delete(stream)
  all.empty.set(stream, kept)
}

/** Empties and forgets the streams that have been idle for longest; the newest one stays. */
function makeRoom(
  all: AllKept,
  { maxStreams, maxTotalBytes }: KeptStreamsOptions,
  oldestAt: number,
): void {
  const { active, empty } = all
  for (const [stream, kept] of active) {
    const isOver = all.bytes > maxTotalBytes || active.size > maxStreams
    if (active.size === 1 || (!isOver && newestAt(kept) >= oldestAt)) break
    moveToEmpty(all, stream, kept)
  }
  for (const stream of empty.keys()) {
    if (active.size + empty.size <= maxStreams) break
    empty.delete(stream)
  }
}

/** How many of the oldest are too many, too large together or too old; never the newest one. */
function countBeyond(kept: Kept, { maxEvents, maxBytes }: EventLimits, oldestAt: number): number {
  const { events } = kept
  let { bytes } = kept
  let count = 0
  // Nothing is copied: it is asked with every event, and few are beyond.
  for (const event of events) {
    if (count === events.length - 1) break
    const isBeyond = events.length - count > maxEvents || bytes > maxBytes || event.at < oldestAt
    if (!isBeyond) break
    bytes -= event.bytes
    count += 1
  }
  return count
}

function eventsAfter(kept: Kept, after: EventId): readonly KeptEvent[] | undefined {
  const [, count = 0] = readEventId(after) ?? []
  if (after !== `${kept.epoch}-${count}` || count < 1 || count > kept.count) return undefined
  const missing = kept.count - count
  return missing > kept.events.length ? undefined : kept.events.slice(kept.events.length - missing)
}
