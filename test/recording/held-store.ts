/** A store of numbers whose answers the test gives, one by one, and a recorder that writes to it. */
import { EventEmitter, once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import {
  createRecorder,
  type Recorder,
  type RecorderOptions,
} from '../../src/recording/recording.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

/** What the recorder asks to be written, and waits for. */
export interface Asked {
  readonly rows: readonly number[]
  readonly signal: AbortSignal
  /** Writes them, but for those that there was no room for. */
  readonly take: (refused?: readonly number[]) => void
  readonly fail: (error: Error) => void
}

export class RefusedForEver extends Error {}

export interface TestRecorder {
  readonly recorder: Recorder<number>
  /** All that was asked for, answered or not. */
  readonly asked: readonly Asked[]
  /** What is asked for next, or has been and was not yet given here. */
  readonly next: () => Promise<Asked>
  /** Writes rows of these numbers, and says what becomes of each. */
  readonly write: (...rows: readonly number[]) => Promise<void>[]
  /** Moves the clock of the recorder. */
  readonly pass: (ms: number) => void
}

export type RecorderChange = Partial<Omit<RecorderOptions<number>, 'store' | 'clock'>>

export function startRecorder(change: RecorderChange = {}): TestRecorder {
  const asked: Asked[] = []
  const bell = new EventEmitter()
  let given = 0
  let nowMs = 1_800_000_000_000
  const put = (rows: readonly number[], signal: AbortSignal) =>
    new Promise<readonly number[]>((resolve, reject) => {
      asked.push({ rows, signal, take: (refused = []) => resolve(refused), fail: reject })
      bell.emit('asked')
    })
  const recorder = createRecorder<number>({
    durability: 'ack',
    timeoutMs: 10_000,
    maxPending: 1000,
    maxPendingBytes: 1_000_000,
    log: silentLog,
    ...change,
    store: { maxRows: 25, put, isFinal: (error) => error instanceof RefusedForEver },
    clock: { now: () => nowMs },
  })
  return {
    recorder,
    asked,
    async next() {
      while (asked.length === given) await once(bell, 'asked')
      const found = asked[given]
      given += 1
      if (found === undefined) throw new Error('nothing was asked for')
      return found
    },
    write: (...rows) =>
      rows.map((row) => {
        const written = recorder.write(row, aboutOf(row))
        // A test may look at it later.
        written.catch(() => undefined)
        return written
      }),
    pass: (ms) => {
      nowMs += ms
    },
  }
}

export function aboutOf(row: number) {
  return { bytes: 1, names: { callId: `call ${row}` } }
}

/** The numbers from one up to, and without, another. */
export function rowsFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, at) => first + at)
}

/** What can happen without anything from outside has happened then. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 5; turns++) await turn()
}

/** Says whether it has settled, without waiting for it. */
export function watch(promise: Promise<unknown> | undefined): { readonly hasSettled: boolean } {
  const watched = { hasSettled: false }
  const note = () => {
    watched.hasSettled = true
  }
  void promise?.then(note, note)
  return watched
}
