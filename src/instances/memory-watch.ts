/**
 * Watches how much memory the processes of instances hold, beyond the heap that V8 limits: buffers
 * lie outside of it. One timer for all of them. Linux only: elsewhere nothing is watched.
 */
import { readFileSync } from 'node:fs'

export interface MemoryWatch {
  /** Bytes that one process may hold, its code and heap included. */
  readonly maxBytes: number
  /**
   * @param pid undefined for a process that could not be started
   * @param onOver called once, with the bytes that it holds
   * @returns ends the watching
   */
  watch(pid: number | undefined, onOver: (bytes: number) => void): () => void
}

export interface MemoryWatchOptions {
  readonly maxBytes: number
  /** Between two looks at all processes, in milliseconds. Default 100. */
  readonly intervalMs?: number | undefined
}

const PAGE_BYTES = 4096

export function createMemoryWatch({ maxBytes, intervalMs = 100 }: MemoryWatchOptions): MemoryWatch {
  const watched = new Map<number, (bytes: number) => void>()
  let timer: NodeJS.Timeout | undefined

  const look = () => {
    for (const [pid, onOver] of watched) {
      const bytes = residentBytes(pid)
      if (bytes <= maxBytes) continue
      watched.delete(pid)
      onOver(bytes)
    }
  }
  return {
    maxBytes,
    watch(pid, onOver) {
      if (pid === undefined || process.platform !== 'linux') return () => undefined
      watched.set(pid, onOver)
      timer ??= setInterval(look, intervalMs).unref()
      return () => {
        watched.delete(pid)
        if (watched.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}

/** The second number of `statm` is the resident set, in pages. */
function residentBytes(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
    return Number(pages) * PAGE_BYTES
  } catch {
    // It has ended between two looks.
    return 0
  }
}
