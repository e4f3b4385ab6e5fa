/** What GraphiQL asks, with its user's token: an answer as JSON, or what happens as it is told. */
import { isUnauthenticated, Refusal, toRefusal } from '../live-page/gateway.js'
import { isObject } from '../live-page/json.js'
import { readBlocks } from '../live-page/sse-blocks.js'

/** @typedef {{ readonly query: string, readonly operationName?: string | null, readonly variables?: unknown }} Asked */
/** @typedef {(asked: Asked) => Promise<unknown>} Fetcher of an answer, or of an iterable of results */

/** The server answers a subscription with a stream, and everything else at once. */
const ACCEPT = 'application/json, text/event-stream'

/**
 * @param {{ url: URL, getToken: () => Promise<string>, onUnauthenticated: () => void }} options
 * @returns {Fetcher}
 */
export function createFetcher({ url, getToken, onUnauthenticated }) {
  /**
   * @param {Asked} asked
   * @param {AbortSignal} signal
   */
  const send = async (asked, signal) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await getToken()}`,
        'content-type': 'application/json',
        accept: ACCEPT,
      },
      body: JSON.stringify(asked),
      cache: 'no-store',
      credentials: 'omit',
      // Elsewhere the token has no business.
      redirect: 'error',
      signal,
    })
    if (response.status === 401) throw await toRefusal(response)
    return response
  }
  return async (asked) => {
    const over = new AbortController()
    try {
      const response = await send(asked, over.signal)
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
      return isStream && response.body ? heard(response.body, over) : await readAnswer(response)
    } catch (error) {
      if (isUnauthenticated(error)) onUnauthenticated()
      throw error
    }
  }
}

/** @param {Response} response */
async function readAnswer(response) {
  const answer = await response.json().catch(() => undefined)
  // What a gateway says outside of GraphQL has an error, and none of `errors`.
  if (isObject(answer) && ('data' in answer || 'errors' in answer)) return answer
  const error = isObject(answer) ? answer['error'] : undefined
  const words = isObject(error) ? error['message'] : error
  const { status } = response
  const message = typeof words === 'string' ? words : `the server answered with status ${status}`
  throw new Refusal(message, { status })
}

/**
 * Results as they are told. Whoever stops listening ends the stream, also while it says nothing.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {AbortController} over
 * @returns {AsyncIterable<unknown>}
 */
function heard(body, over) {
  const results = readResults(body, over.signal)
  const iterator = {
    next: () => results.next(),
    return: async () => {
      over.abort()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => iterator }
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {AbortSignal} signal
 */
async function* readResults(body, signal) {
  try {
    for await (const { data } of readBlocks(body)) {
      // The last event is empty; a sign of life has no data at all.
      if (data === '') return
      if (data !== undefined) yield JSON.parse(data)
    }
  } catch (error) {
    if (signal.aborted) return
    throw error
  }
  if (!signal.aborted) throw new Error('The server has ended the subscription: run it again.')
}
