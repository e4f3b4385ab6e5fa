/** What a process or a thread does with the CPU. Linux tells; elsewhere nothing is known. */
import { readFileSync } from 'node:fs'

export interface CpuUse {
  /** CPU time, in milliseconds. */
  readonly usedMs: number
  /** It waits for something, and not for its turn on a CPU. */
  readonly isAsleep: boolean
}

export interface CpuClock {
  /** The first time counts: whoever is watched may say anything later. */
  readonly start: () => void
  /** Since the start; nothing before it, and where nothing is known. */
  readonly read: () => CpuUse
}

const NOTHING: CpuUse = { usedMs: 0, isAsleep: false }

/** Counts from its start on, so that an instance's own start is nobody's. */
export function createCpuClock(read: () => CpuUse | undefined): CpuClock {
  let atStart: CpuUse | undefined
  return {
    start() {
      atStart ??= read()
    },
    read() {
      const now = atStart && read()
      if (atStart === undefined || now === undefined) return NOTHING
      return { ...now, usedMs: now.usedMs - atStart.usedMs }
    },
  }
}

/** @param pid undefined for a process that could not be started */
export function readProcessCpu(pid: number | undefined): CpuUse | undefined {
  return pid === undefined ? undefined : readCpu(`/proc/${pid}/stat`)
}

/** @param threadId the system's, of a thread of this process; 0 when it is not known */
export function readThreadCpu(threadId: number): CpuUse | undefined {
  return threadId === 0 ? undefined : readCpu(`/proc/self/task/${threadId}/stat`)
}

/** Of `/proc`, on every architecture that Node runs on. */
const MS_PER_TICK = 10

/** Places after the name of the program, which may hold anything. */
const STATE = 0
const USER_TICKS = 11
const SYSTEM_TICKS = 12

/** @returns undefined also when it has ended */
function readCpu(path: string): CpuUse | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(path, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])
    return { usedMs: ticks * MS_PER_TICK, isAsleep: fields[STATE] === 'S' }
  } catch {
    return undefined
  }
}
