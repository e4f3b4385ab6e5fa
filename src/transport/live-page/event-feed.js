/**
 * The user's events as they happen. A connection that is lost comes back by itself, where it was,
 * with a ticket of its own: the browser's own way back would show a used one.
 */
import { isUnauthenticated, Refusal } from './gateway.js'
import { isObject } from './json.js'
import { createRetry } from './retry.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

/** The browser tells only of types that somebody has asked for. */
const TYPES = [
  'call.started',
  'call.progress',
  'call.completed',
  'call.input_required',
  'call.failed',
  'call.cancelled',
  'catalog.changed',
  'resource.updated',
  'gap',
  'server.closing',
]

/** @typedef {{ readonly id: string, readonly type: string, readonly data: JsonObject }} HeardEvent */
/** @typedef {'connecting' | 'connected' | 'reconnecting'} FeedState */

/**
 * @typedef {object} FeedOptions
 * @property {import('./gateway.js').Gateway} gateway
 * @property {import('./kept.js').Kept} place the last id that was seen
 * @property {(event: HeardEvent) => void} onEvent
 * @property {(state: FeedState, reason?: string) => void} onState
 * @property {() => void} onUnauthenticated
 */

/**
 * @param {FeedOptions} options
 * @returns {() => void} ends it
 */
export function startEventFeed({ gateway, place, onEvent, onState, onUnauthenticated }) {
  let isOver = false
  /** @type {EventSource | undefined} */
  let source

  const connect = async () => {
    try {
      // From here on nothing is missed, whether or not there is an event before the next cut.
      const after = place.read() ?? (await gateway.findPlace(undefined))
      if (isOver) return
      place.write(after)
      const url = gateway.eventsUrl(await gateway.issueTicket(), after)
      if (!isOver) source = open(url)
    } catch (error) {
      comeBack(error)
    }
  }
  const retry = createRetry(connect)

  /** @param {unknown} [error] */
  const comeBack = (error) => {
    if (isOver) return
    source?.close()
    if (isUnauthenticated(error)) return onUnauthenticated()
    if (error instanceof Refusal && error.status === 400) forgetPlace()
    onState('reconnecting', error instanceof Refusal ? error.message : undefined)
    retry.later()
  }

  /** An id that the server has never given out: what lies between is not known. */
  const forgetPlace = () => {
    place.write(undefined)
    onEvent({ id: '', type: 'gap', data: { time: new Date().toISOString() } })
  }

  /** @param {URL} url */
  const open = (url) => {
    const opened = new EventSource(url)
    let wasOpen = false
    opened.addEventListener('open', () => {
      wasOpen = true
      retry.opened()
      onState('connected')
    })
    opened.addEventListener('error', () => {
      opened.close()
      // A refused stream does not say why: the same is asked in a way that does.
      if (wasOpen) comeBack()
      else gateway.findPlace(place.read()).then(() => comeBack(), comeBack)
    })
    for (const type of TYPES) opened.addEventListener(type, hear)
    return opened
  }

  /** @param {MessageEvent<string>} message */
  const hear = ({ type, lastEventId, data: text }) => {
    const data = JSON.parse(text)
    if (isOver || !isObject(data)) return
    onEvent({ id: lastEventId, type, data })
    place.write(lastEventId)
    if (type === 'server.closing') comeBack()
  }

  onState('connecting')
  void connect()
  return () => {
    isOver = true
    retry.stop()
    source?.close()
  }
}
