/**
 * A stream of a session has one connection at a time, on whichever instance: the newest one. An
 * older one is told by a signal, and so are all of them when the session is terminated.
 */
import type { Session } from '../domain/session.js'
import type { EndpointSignal, EndpointSignals } from '../events/endpoint-signals.js'
import type { EventId } from '../events/events.js'
import { randomName } from './stream-ids.js'

export interface Watched {
  readonly session: Session
  readonly streamId: string
  /** Called when another connection has taken the stream over. */
  readonly end: () => void
}

/**
 * Watches the first connection of a stream, that of its POST. It outlives the session: what runs
 * is answered.
 *
 * @returns the way to stop
 * @throws GatewayError `EVENTS_UNAVAILABLE` when signals cannot be heard
 */
export function watchStream(
  signals: EndpointSignals,
  { session, streamId, end }: Watched,
): Promise<() => void> {
  return signals.hear(session.endpointId, (signal) => {
    if (signal.type !== 'stream.opened' || signal.sessionId !== session.id) return
    if (readConnection(signal.streamId).streamId === streamId) end()
  })
}

/**
 * Takes a stream over for a connection that has just come, until `signal` aborts. From then on
 * `end` is called too when the session is terminated.
 *
 * @returns the event in the endpoint's stream from which on it has it, or undefined when that could
 * not be told
 * @throws GatewayError `EVENTS_UNAVAILABLE` when signals cannot be heard
 */
export async function takeStream(
  signals: EndpointSignals,
  { session, streamId, end }: Watched,
  until: AbortSignal,
): Promise<EventId | undefined> {
  const { endpointId, id: sessionId } = session
  const own = randomName()
  // Signals come in one order to all: what was opened before is ended by this one's own.
  let isOpened = false
  const onSignal = (signal: EndpointSignal) => {
    if (!('sessionId' in signal) || signal.sessionId !== sessionId) return
    if (signal.type === 'session.terminated') end()
    if (signal.type !== 'stream.opened') return
    const opened = readConnection(signal.streamId)
    if (opened.streamId !== streamId) return
    if (opened.name === own) isOpened = true
    else if (isOpened) end()
  }
  // What is lost may have been its end; if it was not, its client comes back.
  const stop = await signals.hear(endpointId, onSignal, end)
  until.addEventListener('abort', stop)
  if (until.aborted) stop()
  return signals.send(endpointId, {
    type: 'stream.opened',
    sessionId,
    streamId: `${streamId}/${own}`,
  })
}

function readConnection(text: string): { streamId: string; name: string } {
  const [streamId = '', name = ''] = text.split('/')
  return { streamId, name }
}
