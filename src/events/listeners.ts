/** Tells listeners, one after another; what one of them throws is logged and hurts no other. */
import type { Log } from '../telemetry/telemetry.js'
import type { EventListener, LoggedEvent, Stream } from './events.js'

/** @param event undefined when events were dropped */
export function tell(
  listener: EventListener,
  event: LoggedEvent | undefined,
  { stream, log }: { readonly stream: Stream; readonly log: Log },
): void {
  try {
    if (event === undefined) listener.onDropped()
    else listener.onEvent(event)
  } catch (err) {
    log.error({ err, stream, eventId: event?.id }, 'a listener of the event log failed')
  }
}
