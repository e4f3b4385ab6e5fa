/**
 * Who has used the CPU time of an instance? The system tells only what all of its calls have used
 * together: a call alone pays for all of it, of several each pays an equal share. One that is known
 * to wait, or was seen to, pays nothing while another one is there that may have used it.
 */
import type { CpuUse } from '../instances/instances.js'

export interface ChargedCall {
  /** Its share so far, in milliseconds; absent until it has been looked at once. */
  cpuMs?: number
  /** The instance was at rest while it ran. */
  hasRested?: boolean
  /** Questions that the client has yet to answer. */
  readonly openQuestions: number
  /** Set once it is over a limit; its grace is over when that ends at Infinity. */
  readonly overdue?: { readonly graceEndsAt: number }
}

export interface CpuChargesOptions {
  /** What one call may use, in milliseconds. */
  readonly maxCpuMs: number
  /** What the instance has used; undefined when it is not known now. */
  readonly read: () => CpuUse | undefined
}

/** An instance that sleeps, and used no more since the last look, is at rest; in milliseconds. */
const REST_MS = 10

interface Look extends CpuUse {
  readonly callCount: number
  /** Of the call that began last. */
  readonly lastNumber: number
  readonly hasGrace: boolean
}

export class CpuCharges {
  readonly #options: CpuChargesOptions
  /** Absent when it was not known. */
  #last: Look | undefined
  #idleMs = 0

  constructor(options: CpuChargesOptions) {
    this.#options = options
  }

  /** What its code has used while no call ran, since it was last at rest; in milliseconds. */
  get idleMs(): number {
    return this.#idleMs
  }

  /**
   * Charges what was used since the last look. The first moments of a call are on the house, so that
   * none pays for what went before it; so is what is used in the grace of one that is over a limit.
   * After it that one pays as the others do.
   *
   * @param calls that run, by number, the youngest last
   * @param lastNumber of the call that began last
   * @returns the number of the one that has used too much; of several the youngest, because the
   * others are looked at again once it is gone
   */
  look(calls: ReadonlyMap<number, ChargedCall>, lastNumber: number): number | undefined {
    const last = this.#last
    const use = this.#options.read()
    const now = use && toLook(use, calls, lastNumber)
    this.#last = now
    const staying = [...calls].filter(([, { cpuMs }]) => cpuMs !== undefined)
    for (const call of calls.values()) call.cpuMs ??= 0
    if (now === undefined || last === undefined || now.hasGrace || last.hasGrace) return undefined
    const spentMs = Math.max(now.usedMs - last.usedMs, 0)
    const passingCount = last.callCount + now.lastNumber - last.lastNumber - staying.length
    const payers = charge(staying, spentMs, passingCount)
    if (now.isAsleep && spentMs <= REST_MS) this.#rest(staying)
    else if (staying.length + passingCount === 0) this.#idleMs += spentMs
    else return payers.findLast(([, call]) => isOver(call, this.#options.maxCpuMs))?.[0]
    return undefined
  }

  #rest(staying: readonly Numbered[]): void {
    this.#idleMs = 0
    for (const [, call] of staying) call.hasRested = true
  }
}

function toLook(use: CpuUse, calls: ReadonlyMap<number, ChargedCall>, lastNumber: number): Look {
  const hasGrace = [...calls.values()].some(({ overdue }) => isInGrace(overdue))
  return { ...use, callCount: calls.size, lastNumber, hasGrace }
}

function isInGrace(overdue: ChargedCall['overdue']): boolean {
  return overdue !== undefined && overdue.graceEndsAt !== Infinity
}

/** Not a second time. */
function isOver({ cpuMs = 0, overdue }: ChargedCall, maxCpuMs: number): boolean {
  return overdue === undefined && cpuMs > maxCpuMs
}

type Numbered = readonly [number: number, call: ChargedCall]

/**
 * @param passingCount calls that were there for a part of the time only
 * @returns those that have paid
 */
function charge(
  staying: readonly Numbered[],
  spentMs: number,
  passingCount: number,
): readonly Numbered[] {
  const likeliest = passingCount > 0 ? AWAKE : Math.min(...staying.map(([, call]) => doubtOf(call)))
  const payers = staying.filter(([, call]) => doubtOf(call) === likeliest)
  const share = spentMs / (payers.length + passingCount)
  for (const [, call] of payers) call.cpuMs = (call.cpuMs ?? 0) + share
  return payers
}

const AWAKE = 0
const RESTED = 1
const ASKING = 2

/** The higher, the less likely it is that this call uses the CPU. */
function doubtOf({ hasRested, openQuestions }: ChargedCall): number {
  if (openQuestions > 0) return ASKING
  return hasRested === true ? RESTED : AWAKE
}
