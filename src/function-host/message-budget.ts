/** How much an instance may tell the gateway: a flood must cost neither its memory nor its CPU. */
import type { Clock } from '../domain/clock.js'

export interface MessageBudget {
  /** True when a message of this size may pass. */
  take(bytes: number): boolean
}

const BURST_MESSAGES = 1000
const BURST_BYTES = 1024 * 1024

/** A drained budget is full again after this long, in milliseconds: 100 messages a second. */
const REFILL_MS = 10_000

export function createMessageBudget(clock: Clock): MessageBudget {
  let messages = BURST_MESSAGES
  let bytes = BURST_BYTES
  let refilledAt = clock.now()

  const refill = () => {
    const now = clock.now()
    const share = Math.max(now - refilledAt, 0) / REFILL_MS
    refilledAt = now
    messages = Math.min(BURST_MESSAGES, messages + share * BURST_MESSAGES)
    bytes = Math.min(BURST_BYTES, bytes + share * BURST_BYTES)
  }
  return {
    take(messageBytes) {
      refill()
      if (messages < 1 || bytes < messageBytes) return false
      messages -= 1
      bytes -= messageBytes
      return true
    },
  }
}
