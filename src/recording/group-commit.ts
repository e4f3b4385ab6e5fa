/**
 * Group commit: what ends while a group is being written makes the next one, so that groups grow
 * with the load by themselves, and a lone record waits for nobody.
 */
import { type Entry, keepInTime, refuse, type WriteParts } from './entry.js'
import type { RowStore } from './recording.js'

/** Groups that are written at the same time. */
const MAX_IN_FLIGHT = 4

/** How long a few rows wait for a group that takes its time, in milliseconds. */
const HOLD_MS = 20

export interface RowEntry<Row> extends Entry {
  readonly row: Row
}

export interface GroupCommitParts<Row> extends WriteParts {
  readonly store: RowStore<Row>
}

export class GroupCommit<Row> {
  readonly #parts: GroupCommitParts<Row>
  /** The one that has waited longest comes first; those in a pause are not among them. */
  #waiting: RowEntry<Row>[] = []
  #inFlight = 0
  #isSoon = false
  #isHeld = false

  constructor(parts: GroupCommitParts<Row>) {
    this.#parts = parts
  }

  add(entry: RowEntry<Row>): void {
    this.#waiting.push(entry)
    this.#look()
  }

  /** A full group goes at once, less than one when no other is being written, or takes its time. */
  #look(): void {
    if (this.#waiting.length >= this.#parts.store.maxRows) this.#writeNext()
    else if (this.#inFlight === 0) this.#writeSoon()
    else this.#writeLater()
  }

  /** What else ends in this turn of the loop comes along. */
  #writeSoon(): void {
    if (this.#isSoon) return
    this.#isSoon = true
    setImmediate(() => {
      this.#isSoon = false
      this.#writeNext()
    })
  }

  #writeLater(): void {
    if (this.#isHeld) return
    this.#isHeld = true
    setTimeout(() => {
      this.#isHeld = false
      this.#writeNext()
    }, HOLD_MS)
  }

  #writeNext(): void {
    if (this.#inFlight >= MAX_IN_FLIGHT || this.#waiting.length === 0) return
    const group = this.#waiting.splice(0, this.#parts.store.maxRows)
    this.#inFlight += 1
    void this.#writeGroup(group)
  }

  async #writeGroup(group: readonly RowEntry<Row>[]): Promise<void> {
    const left = await this.#tryGroup(group)
    this.#inFlight -= 1
    if (left !== undefined) void this.#tryAgain(left)
    if (this.#waiting.length > 0) this.#look()
  }

  /** While they pause others are written: the rows of one tenant may be refused for long. */
  async #tryAgain({ entries, cause }: Left<Row>): Promise<void> {
    this.#waiting = keepInTime(this.#waiting, this.#parts, cause)
    for (const entry of entries) entry.failures += 1
    const inTime = keepInTime(entries, this.#parts, cause)
    if (inTime.length === 0) return
    await this.#parts.attempts.pause(Math.max(...inTime.map(({ failures }) => failures)))
    this.#waiting.unshift(...keepInTime(inTime, this.#parts, cause))
    if (this.#waiting.length > 0) this.#look()
  }

  /** @returns those that are to be tried again; undefined when none is */
  async #tryGroup(group: readonly RowEntry<Row>[]): Promise<Left<Row> | undefined> {
    const { attempts, store, health } = this.#parts
    const rows = group.map(({ row }) => row)
    try {
      const refused = new Set(await attempts.run((signal) => store.put(rows, signal)))
      if (refused.size < group.length) health.wrote()
      for (const entry of group) if (!refused.has(entry.row)) entry.written()
      if (refused.size === 0) return undefined
      const cause = new Error('the database had no room for it at the moment')
      health.failed(cause)
      return { entries: group.filter(({ row }) => refused.has(row)), cause }
    } catch (cause) {
      if (this.#parts.isFinal(cause)) return this.#tryAlone(group, cause)
      health.failed(cause)
      return { entries: group, cause }
    }
  }

  /** One of them cannot be written: the others must not suffer for it. */
  async #tryAlone(group: readonly RowEntry<Row>[], cause: unknown): Promise<Left<Row> | undefined> {
    const [entry, ...others] = group
    if (entry !== undefined && others.length === 0) {
      refuse(entry, cause)
      return undefined
    }
    const left = await Promise.all(group.map((each) => this.#tryGroup([each])))
    const entries = left.flatMap((each) => each?.entries ?? [])
    return entries.length === 0 ? undefined : { entries, cause }
  }
}

/** What was not written, and why. */
interface Left<Row> {
  readonly entries: readonly RowEntry<Row>[]
  readonly cause: unknown
}
