/** Versions that run: while one does, no process that shares the folder evicts it. */
export interface HeldVersions {
  /** @returns ends it, once */
  hold(folder: string): () => void
  has(folder: string): boolean
}

/** Well within the minute for which an untouched version is spared. */
const TOUCH_MS = 20_000

/** @param touch tells other processes that a version is in use */
export function createHeldVersions(touch: (folder: string) => Promise<unknown>): HeldVersions {
  const counts = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  const touchAll = () => {
    // One that cannot be touched is not there, or the next open says why.
    for (const folder of counts.keys()) void touch(folder).catch(() => undefined)
  }
  return {
    hold(folder) {
      counts.set(folder, (counts.get(folder) ?? 0) + 1)
      timer ??= setInterval(touchAll, TOUCH_MS).unref()
      let isHeld = true
      return () => {
        if (!isHeld) return
        isHeld = false
        const left = (counts.get(folder) ?? 1) - 1
        if (left > 0) counts.set(folder, left)
        else counts.delete(folder)
        if (counts.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
    has: (folder) => counts.has(folder),
  }
}
