/** Calls that do nothing but get recorded: begun, described and ended, as the gateway does it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Calls } from '../../src/calls/calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { percentile } from './statistics.js'

export interface Pace {
  /** Calls that begin in a second; absent for as many as are taken. */
  readonly perSecond?: number | undefined
  readonly durationMs: number
}

export interface Made {
  readonly calls: number
  /** From the first beginning to the last record. */
  readonly elapsedMs: number
  /** User and system time of this process. */
  readonly cpuMs: number
  /** From the end of a call to its being recorded. */
  readonly p50Ms: number
  readonly p99Ms: number
}

type Begin = Pick<Calls, 'open'>

/** Where a store takes less than is asked of it, calls begin as it takes them. */
export const MAX_IN_FLIGHT = 256

const TICK_MS = 1

export async function makeCalls(calls: Begin, endpointId: string, pace: Pace): Promise<Made> {
  const tookMs: number[] = []
  const make = async () => {
    tookMs.push(await makeCall(calls, endpointId, tookMs.length))
  }
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  await (pace.perSecond === undefined
    ? makeMany(make, pace)
    : makePaced(make, pace.perSecond, pace))
  const elapsedMs = performance.now() - startedAt
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    calls: tookMs.length,
    elapsedMs,
    cpuMs: (user + system) / 1000,
    p50Ms: percentile(tookMs, 0.5),
    p99Ms: percentile(tookMs, 0.99),
  }
}

type Make = () => Promise<void>

/** Closed loop: the next call begins when one is recorded. */
async function makeMany(make: Make, { durationMs }: Pace): Promise<void> {
  const endsAt = performance.now() + durationMs
  const makeUntilEnd = async () => {
    while (performance.now() < endsAt) await make()
  }
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, makeUntilEnd))
}

/** What is due begins once a millisecond, however long others take. */
async function makePaced(make: Make, perSecond: number, { durationMs }: Pace): Promise<void> {
  const startedAt = performance.now()
  const running = new Set<Promise<void>>()
  let seen = 0
  for (let passedMs = 0; passedMs < durationMs; passedMs = performance.now() - startedAt) {
    for (const due = (passedMs * perSecond) / 1000; seen < due; seen++) {
      if (running.size >= MAX_IN_FLIGHT) continue
      const made: Promise<void> = make().finally(() => running.delete(made))
      running.add(made)
    }
    await sleep(TICK_MS)
  }
  await Promise.all(running)
}

const SHA256 = 'ab'.repeat(32)
const CALL_TIMEOUT_MS = 60_000

/** @returns how long its record took, in milliseconds */
async function makeCall(calls: Begin, endpointId: string, n: number): Promise<number> {
  const open = calls.open(endpointId)
  const { callId, createdAt } = open
  const text = `call ${n}`
  const begun: CallRecord = {
    endpointId,
    callId,
    userId: 'bench',
    mcpType: 'tool',
    name: 'echo',
    arguments: { text },
    content: undefined,
    status: 'in_process',
    timeSpentMs: 0,
    bundleSha256: SHA256,
    protocolVersion: '2026-07-28',
    createdAt,
    updatedAt: createdAt,
  }
  open.describe(() => ({ ...begun, deadline: createdAt + CALL_TIMEOUT_MS }))
  const content = { content: [{ type: 'text', text }] }
  const endedAt = performance.now()
  await open.end({ ...begun, status: 'completed', content, updatedAt: Date.now() })
  return performance.now() - endedAt
}
