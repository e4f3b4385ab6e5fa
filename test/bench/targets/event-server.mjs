/**
 * What the servers of `events.ts` have in common: the event that each tells its listeners, and how
 * the parent asks what that costs. Plain JavaScript: a transpiler's helper calls would be measured.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn } from 'node:timers/promises'

/** An event's last character, and nothing else of a stream: listeners count it. */
const END = '^'

/** Of one size as JSON, in bytes; the shape is that of the gateway's own events. */
export function createEvent(bytes) {
  const event = {
    type: 'call.progress',
    time: '2026-01-31T12:00:00.000Z',
    callId: '01a1feda-ecaf-7132-bce4-9a327ed39b00',
    function: { type: 'tool', name: 'add' },
    progress: 1,
    message: END,
  }
  event.message = 'x'.repeat(bytes - JSON.stringify(event).length) + END
  return event
}

export function toFrame(event, id) {
  return `event: ${event.type}\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`
}

/**
 * Tells the parent the port, does what it asks for by message, and ends with it.
 *
 * @param publish tells each listener `count` events, each in a turn of its own
 */
export function serveParent(port, publish) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const orders = {
    memory: async () => {
      for (let round = 0; round < 3; round++) {
        await turn()
        globalThis.gc()
      }
      const { rss, heapUsed } = process.memoryUsage()
      return { rss, heapUsed }
    },
    cpu: () => process.cpuUsage(),
    publish: async ({ event, count }) => {
      const startedAt = nowMs()
      await publish(createEvent(event.bytes), count)
      return { startedAt }
    },
    // It is watched from the first time on, so that servers of which nobody asks have no such timer.
    delay: () => {
      const late = { maxMs: delay.max / 1e6, p99Ms: delay.percentile(99) / 1e6 }
      delay.enable()
      delay.reset()
      return late
    },
  }
  process.once('disconnect', () => process.exit())
  process.on('message', async (order) => {
    try {
      process.send(await orders[order.kind](order))
    } catch (error) {
      process.send({ error: String(error) })
    }
  })
  process.send({ port })
}

/** One clock for all processes of a machine. */
function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6
}

/** One event a turn: those of one turn would leave together. */
export async function inTurns(count, tellAll) {
  for (let n = 1; n <= count; n++) {
    tellAll(n)
    await turn()
  }
}
