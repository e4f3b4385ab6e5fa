/** What has begun and not yet ended: whatever goes on for longer leaves a trace. */
import type { Clock } from '../domain/clock.js'

export interface OpenRecords<T> {
  /** @param startedAt milliseconds since 1970 */
  open(startedAt: number): OpenRecord<T>
  /** No trace is left from now on. Settles when all have ended, after this time at the latest. */
  close(timeoutMs: number): Promise<void>
}

export interface OpenRecord<T> {
  /** Says how to describe what goes on, from now on; a trace that was left is left anew. */
  describe(describe: () => T): void
  /** True when a trace was left, or is being left. */
  readonly isTraced: boolean
  /** It has ended: no trace is left from now on. */
  end(): void
}

export interface OpenRecordsOptions<T> {
  /** What goes on for this long leaves a trace, in milliseconds. */
  readonly afterMs: number
  trace(described: T): void
  readonly clock: Clock
}

/** How much later than asked for, as a share of that time, a trace may be left. */
const LATENESS = 0.2
const LEAST_LOOK_MS = 20

export function createOpenRecords<T>(options: OpenRecordsOptions<T>): OpenRecords<T> {
  return new AllOpen(options)
}

class AllOpen<T> implements OpenRecords<T> {
  readonly #options: OpenRecordsOptions<T>
  /** Those without a trace, in the order in which they began. */
  readonly #young = new Set<Opened<T>>()
  #timer: NodeJS.Timeout | undefined
  /** With a trace or without. */
  #open = 0
  #onNone: (() => void)[] = []

  constructor(options: OpenRecordsOptions<T>) {
    this.#options = options
  }

  open(startedAt: number): OpenRecord<T> {
    const opened = new Opened<T>(startedAt, this)
    this.#young.add(opened)
    this.#open += 1
    const lookMs = Math.max(this.#options.afterMs * LATENESS, LEAST_LOOK_MS)
    this.#timer ??= setInterval(() => this.#leaveTraces(), lookMs).unref()
    return opened
  }

  async close(timeoutMs: number): Promise<void> {
    this.#stop()
    this.#young.clear()
    if (this.#open === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#onNone.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  trace(described: T): void {
    this.#options.trace(described)
  }

  forget(opened: Opened<T>): void {
    this.#young.delete(opened)
    this.#open -= 1
    if (this.#open > 0) return
    for (const tell of this.#onNone.splice(0)) tell()
  }

  #leaveTraces(): void {
    const before = this.#options.clock.now() - this.#options.afterMs
    for (const opened of this.#young) {
      if (opened.startedAt > before) break
      this.#young.delete(opened)
      opened.leaveTrace()
    }
    // Looks go on while calls come and go: a timer for each would cost more than they do.
    if (this.#young.size === 0) this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

class Opened<T> implements OpenRecord<T> {
  readonly startedAt: number
  readonly #all: AllOpen<T>
  #describe: (() => T) | undefined
  #isDue = false
  #isTraced = false
  #isOver = false

  constructor(startedAt: number, all: AllOpen<T>) {
    this.startedAt = startedAt
    this.#all = all
  }

  get isTraced(): boolean {
    return this.#isTraced
  }

  describe(describe: () => T): void {
    if (this.#isOver) return
    this.#describe = describe
    if (this.#isDue) this.leaveTrace()
  }

  leaveTrace(): void {
    this.#isDue = true
    if (this.#describe === undefined) return
    this.#isTraced = true
    this.#all.trace(this.#describe())
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#all.forget(this)
  }
}
