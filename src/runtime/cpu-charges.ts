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
  /** Set once it is over a limit. */
  readonly overdue?: unknown
}

export interface CpuChargesOptions {
  /** What one call may use, in milliseconds. */
  readonly maxCpuMs: number
  /** What the instance has used since it began. */
  readonly read: () => CpuUse
}

/** An instance that sleeps, and used no more since the last look, is at rest; in milliseconds. */
const REST_MS = 10

interface Look extends CpuUse {
  readonly callCount: number
  /** Of the call that began last. */
  readonly lastNumber: number
  readonly hasOverdue: boolean
}

export class CpuCharges {
  readonly #options: CpuChargesOptions
  /** Absent while the instance is idle. */
  #last: Look | undefined

  constructor(options: CpuChargesOptions) {
    this.#options = options
  }

  /**
   * Charges what was used since the last look. The first moments of a call are on the house, so that
   * none pays for what went before it; so is what is used while one is over a limit.
   *
   * @param calls that run, by number, the youngest last
   * @param lastNumber of the call that began last
   * @returns the number of the one that has used too much; of several the youngest, because the
   * others are looked at again once it is gone
   */
  look(calls: ReadonlyMap<number, ChargedCall>, lastNumber: number): number | undefined {
    const last = this.#last
    const now = this.#read(calls, lastNumber)
    this.#last = now
    const staying = [...calls].filter(([, { cpuMs }]) => cpuMs !== undefined)
    for (const call of calls.values()) call.cpuMs ??= 0
    if (now === undefined || last === undefined || now.hasOverdue || last.hasOverdue)
      return undefined
    const spentMs = Math.max(now.usedMs - last.usedMs, 0)
    const payers = charge(staying, spentMs, countPassing(last, now, staying.length))
    if (now.isAsleep && spentMs <= REST_MS) {
      for (const [, call] of staying) call.hasRested = true
      return undefined
    }
    const { maxCpuMs } = this.#options
    return payers.findLast(([, { cpuMs = 0 }]) => cpuMs > maxCpuMs)?.[0]
  }

  #read(calls: ReadonlyMap<number, ChargedCall>, lastNumber: number): Look | undefined {
    if (calls.size === 0) return undefined
    const hasOverdue = [...calls.values()].some(({ overdue }) => overdue !== undefined)
    return { ...this.#options.read(), callCount: calls.size, lastNumber, hasOverdue }
  }
}

type Numbered = readonly [number: number, call: ChargedCall]

/** @returns those that have paid */
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

/** Calls that were there for a part of the time only: they began or ended between two looks. */
function countPassing(last: Look, now: Look, stayingCount: number): number {
  const begunCount = now.lastNumber - last.lastNumber
  const endedCount = last.callCount + begunCount - now.callCount
  return endedCount + now.callCount - stayingCount
}
