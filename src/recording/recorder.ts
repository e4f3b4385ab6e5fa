/** Takes records, counts what is not yet written, and says who waits for it. */
import { type Attempts, createAttempts } from './attempts.js'
import type { Entry } from './entry.js'
import { GroupCommit } from './group-commit.js'
import type { About, Recorder, RecorderOptions, Work, WorkOptions } from './recording.js'
import { SingleWrites } from './single-writes.js'
import { createStoreHealth, type StoreHealth, unavailable } from './store-health.js'

/** The longest attempt, in milliseconds. */
const MAX_ATTEMPT_MS = 5000

export function createRecorder<Row>(options: RecorderOptions<Row>): Recorder<Row> {
  return new StoreRecorder(options)
}

class StoreRecorder<Row> implements Recorder<Row> {
  readonly #options: RecorderOptions<Row>
  readonly #attempts: Attempts
  readonly #health: StoreHealth
  readonly #groups: GroupCommit<Row>
  readonly #singles: SingleWrites
  #pending = 0
  #pendingBytes = 0
  #onIdle: (() => void)[] = []

  constructor(options: RecorderOptions<Row>) {
    const { durability, timeoutMs, store, clock, log } = options
    this.#options = options
    // Where nobody waits, a store that is slower than a caller is patient gets its time.
    const patienceMs = durability === 'ack' ? timeoutMs : MAX_ATTEMPT_MS
    this.#attempts = createAttempts(Math.min(patienceMs, MAX_ATTEMPT_MS))
    this.#health = createStoreHealth(clock, log)
    const isFinal = (error: unknown) => store.isFinal(error)
    const parts = { attempts: this.#attempts, health: this.#health, clock, isFinal }
    this.#groups = new GroupCommit({ ...parts, store })
    this.#singles = new SingleWrites(parts)
  }

  demand(): void {
    if (this.#isFull) throw unavailable('too many records wait for the database')
    this.#health.demand()
  }

  write(row: Row, about: About): Promise<void> {
    return this.#take(about, (entry) => this.#groups.add({ ...entry, row }))
  }

  persist(work: Work, about: About & WorkOptions): Promise<void> {
    return this.#take(about, (entry) => this.#singles.add({ ...entry, work }))
  }

  async close(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.#attempts.end(), timeoutMs)
    await this.#idle()
    clearTimeout(timer)
    this.#attempts.end()
  }

  get #isFull(): boolean {
    return this.#pending >= this.#options.maxPending
  }

  #take(
    { bytes, names, isAwaited }: About & WorkOptions,
    add: (entry: Entry) => void,
  ): Promise<void> {
    const { durability, clock, timeoutMs } = this.#options
    const isWaitedFor = durability === 'ack' || isAwaited === true || !this.#hasRoom(bytes)
    this.#pending += 1
    this.#pendingBytes += bytes
    if (isWaitedFor) {
      const givesUpAt = clock.now() + timeoutMs
      return new Promise((resolve, reject) =>
        add(this.#entry(bytes, { givesUpAt, written: resolve, failed: reject })),
      )
    }
    const failed = (error: unknown) => this.#logLost(names, error)
    add(this.#entry(bytes, { givesUpAt: Infinity, written: () => undefined, failed }))
    return Promise.resolve()
  }

  #hasRoom(bytes: number): boolean {
    return !this.#isFull && this.#pendingBytes + bytes <= this.#options.maxPendingBytes
  }

  #entry(bytes: number, { givesUpAt, written, failed }: Omit<Entry, 'failures'>): Entry {
    return {
      givesUpAt,
      failures: 0,
      written: () => {
        this.#settled(bytes)
        written()
      },
      failed: (error) => {
        this.#settled(bytes)
        failed(error)
      },
    }
  }

  #settled(bytes: number): void {
    this.#pending -= 1
    this.#pendingBytes -= bytes
    if (this.#pending > 0) return
    for (const tell of this.#onIdle.splice(0)) tell()
  }

  #logLost(names: About['names'], error: unknown): void {
    this.#options.log.error({ ...names, err: error }, 'a record was lost')
  }

  async #idle(): Promise<void> {
    if (this.#pending === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle.push(resolve)
    })
  }
}
