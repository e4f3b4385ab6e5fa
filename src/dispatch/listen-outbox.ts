/**
 * What is to be told, in order, while some of it has first to be looked up. What waits already is
 * not added twice: so it is bounded by what was asked for, and tells what holds when it is told.
 */
export interface Outbox {
  add(key: string, tell: Tell): void
  /** From now on it is told; before, it waits. */
  open(): void
  /** Nothing more is told. */
  close(): void
}

type Tell = () => void | Promise<void>

/** @param onFailure called once with what a `tell` has thrown; nothing is told after it */
export function createOutbox(onFailure: (error: unknown) => void): Outbox {
  const waiting = new Map<string, Tell>()
  let isTelling = false
  let isOpen = false
  let isClosed = false

  const close = () => {
    isClosed = true
    waiting.clear()
  }
  const tellAll = async () => {
    isTelling = true
    try {
      for (const [key, tell] of waiting) {
        waiting.delete(key)
        const telling = tell()
        // Nothing that can be told at once waits for another turn.
        if (telling !== undefined) await telling
      }
    } catch (error) {
      close()
      onFailure(error)
    } finally {
      isTelling = false
    }
  }
  const tellWaiting = () => {
    if (isOpen && !isTelling) void tellAll()
  }

  return {
    add: (key, tell) => {
      if (isClosed) return
      if (!waiting.has(key)) waiting.set(key, tell)
      tellWaiting()
    },
    open: () => {
      isOpen = true
      tellWaiting()
    },
    close,
  }
}
