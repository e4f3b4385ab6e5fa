/** What Linux knows of processes: their CPU time, and who serves a data folder. */
import { readdirSync, readFileSync } from 'node:fs'

/** The kernel counts CPU time in hundredths of a second: USER_HZ is 100 on every Linux of today. */
const MS_PER_TICK = 10
/** Of `/proc/PID/stat` after the name in parentheses, which may hold spaces: utime and stime. */
const UTIME = 11
const STIME = 12

/** CPU time of a process with all its threads, user and system, in milliseconds. */
export function readCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[UTIME]) + Number(fields[STIME])) * MS_PER_TICK
}

/** What a process holds in memory; of pages that it shares, its share. */
export function readMemoryBytes(pid: number): number {
  const [, kib] = /^Pss: +(\d+) kB$/m.exec(readOwn(`/proc/${pid}/smaps_rollup`)) ?? []
  return Number(kib ?? 0) * 1024
}

/** The processes whose command line holds all of these arguments. */
export function findProcesses(args: readonly string[]): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && hasArguments(pid, args))
}

function hasArguments(pid: number, args: readonly string[]): boolean {
  const found = new Set(readOwn(`/proc/${pid}/cmdline`).split('\0'))
  return args.every((arg) => found.has(arg))
}

/** Empty for a process that has ended since it was listed. */
function readOwn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
