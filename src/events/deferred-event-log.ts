/** An event log that is opened by its first use, so that what it needs is not loaded before. */
import type { EventLog } from './events.js'
import { eventsUnavailable } from './event-order.js'

/** @param open called at most once, of a log that other instances see too */
export function createDeferredEventLog(open: () => Promise<EventLog>): EventLog {
  let opening: Promise<EventLog> | undefined
  let isClosed = false
  const opened = () => {
    if (isClosed) throw eventsUnavailable('it was closed')
    opening ??= open()
    return opening
  }
  return {
    isShared: true,
    append: async (stream, body) => (await opened()).append(stream, body),
    read: async (stream, range) => (await opened()).read(stream, range),
    subscribe: async (stream, listener) => (await opened()).subscribe(stream, listener),
    close: async () => {
      isClosed = true
      await (await opening)?.close()
    },
  }
}
