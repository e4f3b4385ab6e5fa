/** What is written by itself: some at a time, the others in turn. */
import { type Entry, keepInTime, refuse, type WriteParts } from './entry.js'
import type { Work } from './recording.js'

/** Fewer than the connections that a client of the store opens: groups need some too. */
const MAX_AT_A_TIME = 32

export interface WorkEntry extends Entry {
  readonly work: Work
}

export class SingleWrites {
  readonly #parts: WriteParts
  /** Those in a pause are not among them. */
  #waiting: WorkEntry[] = []
  #running = 0

  constructor(parts: WriteParts) {
    this.#parts = parts
  }

  add(entry: WorkEntry): void {
    this.#waiting.push(entry)
    this.#next()
  }

  #next(): void {
    if (this.#running >= MAX_AT_A_TIME) return
    const entry = this.#waiting.shift()
    if (entry === undefined) return
    this.#running += 1
    void this.#write(entry)
  }

  async #write(entry: WorkEntry): Promise<void> {
    const cause = await this.#try(entry)
    this.#running -= 1
    if (cause !== undefined) void this.#tryAgain(entry, cause)
    this.#next()
  }

  /** @returns why it is to be tried again; undefined when it is not */
  async #try(entry: WorkEntry): Promise<unknown> {
    const { attempts, health } = this.#parts
    try {
      await attempts.run(entry.work)
      health.wrote()
      entry.written()
      return undefined
    } catch (cause) {
      if (this.#parts.isFinal(cause)) {
        refuse(entry, cause)
        return undefined
      }
      health.failed(cause)
      return cause ?? new Error('thrown without a reason')
    }
  }

  async #tryAgain(entry: WorkEntry, cause: unknown): Promise<void> {
    this.#waiting = keepInTime(this.#waiting, this.#parts, cause)
    entry.failures += 1
    if (keepInTime([entry], this.#parts, cause).length === 0) return
    await this.#parts.attempts.pause(entry.failures)
    this.#waiting.unshift(...keepInTime([entry], this.#parts, cause))
    this.#next()
  }
}
