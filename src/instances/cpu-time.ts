/** What a process or a thread does with the CPU. Linux tells; elsewhere nothing is known. */
import { readFileSync } from 'node:fs'

export interface CpuUse {
  /** CPU time, in milliseconds. */
  readonly usedMs: number
  /** It waits for something, and not for its turn on a CPU. */
  readonly isAsleep: boolean
}

/** @returns undefined when it is not known now */
export type ReadCpu = () => CpuUse | undefined

export interface CpuClock {
  /** The first time counts: whoever is watched may say anything later. */
  readonly start: (read: ReadCpu) => void
  /** Undefined before the start, so that an instance's own start is nobody's. */
  readonly read: ReadCpu
}

export function createCpuClock(): CpuClock {
  let chosen: ReadCpu | undefined
  return {
    start(read) {
      chosen ??= read
    },
    read: () => chosen?.(),
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
