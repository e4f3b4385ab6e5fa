/** What the page asks of its endpoint, with its user's token. */
import { isObject, textOf } from './json.js'
import { toMcpRequest } from './mcp-request.js'
import { readBlocks } from './sse-blocks.js'

/** @typedef {import('./json.js').JsonObject} JsonObject */

/** The endpoint has answered, with a refusal: its words are the message. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {{ status: number, code?: unknown }} said
   */
  constructor(message, { status, code }) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    /** JSON-RPC's number; undefined for a refusal of HTTP. */
    this.code = typeof code === 'number' ? code : undefined
  }
}

/**
 * @typedef {object} AskOptions
 * @property {AbortSignal} [signal]
 * @property {unknown} [inputSchema] of the tool that is called
 * @property {(progress: JsonObject) => void} [onProgress]
 */

/**
 * @typedef {object} Gateway
 * @property {(method: string, params: JsonObject, options?: AskOptions) => Promise<JsonObject>} ask
 * one MCP request. Rejects with a `Refusal`, or with what `fetch` says when nothing has answered
 * @property {() => Promise<string>} issueTicket opens one event stream
 * @property {(after: string | undefined) => Promise<string>} findPlace where the event stream
 * stands now, or that it may be heard from an id on
 * @property {(ticket: string, after: string) => URL} eventsUrl
 */

/** @param {unknown} error */
export function isUnauthenticated(error) {
  return error instanceof Refusal && error.status === 401
}

/**
 * @param {{ base: URL, getToken: () => Promise<string> }} options
 * @returns {Gateway}
 */
export function createGateway({ base, getToken }) {
  let lastId = 0
  /**
   * @param {URL} url
   * @param {Omit<RequestInit, 'headers'> & { headers?: Record<string, string> }} init
   */
  const send = async (url, { headers, ...init }) => {
    const response = await fetch(url, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${await getToken()}` },
      cache: 'no-store',
      credentials: 'omit',
      // Elsewhere the token has no business.
      redirect: 'error',
    })
    if (response.status === 401) throw await toRefusal(response)
    return response
  }
  return {
    async ask(method, params, { signal, inputSchema, onProgress } = {}) {
      const id = ++lastId
      const request = toMcpRequest({ id, method, params, inputSchema })
      const url = new URL('mcp', base)
      const response = await send(url, { method: 'POST', ...request, ...(signal && { signal }) })
      const answer = await readAnswer(response, (progress) => onProgress?.(progress))
      if (isObject(answer['result'])) return answer['result']
      throw errorOf(answer, response.status)
    },
    async issueTicket() {
      const response = await send(new URL('events/ticket', base), { method: 'POST' })
      const answer = response.ok ? await response.json() : undefined
      const ticket = isObject(answer) ? textOf(answer['ticket']) : undefined
      if (ticket === undefined) throw await toRefusal(response)
      return ticket
    },
    async findPlace(after) {
      const url = eventsUrl(base, { ...(after !== undefined && { lastEventId: after }) })
      const response = await send(url, { headers: { accept: 'text/event-stream' } })
      if (!response.ok || response.body === null) throw await toRefusal(response)
      for await (const { id } of readBlocks(response.body)) if (id !== undefined) return id
      throw new TypeError('the event stream has ended')
    },
    eventsUrl: (ticket, lastEventId) => eventsUrl(base, { ticket, lastEventId }),
  }
}

/**
 * @param {URL} base
 * @param {Record<string, string>} query
 */
function eventsUrl(base, query) {
  const url = new URL('events', base)
  url.search = new URLSearchParams(query).toString()
  return url
}

/**
 * The answer as JSON, or the last message of the stream that it came on.
 *
 * @param {Response} response
 * @param {(progress: JsonObject) => void} onProgress
 * @returns {Promise<JsonObject>}
 */
async function readAnswer(response, onProgress) {
  const { headers, body } = response
  if (body === null || !headers.get('content-type')?.startsWith('text/event-stream')) {
    const message = await response.json().catch(() => undefined)
    return isObject(message) ? message : {}
  }
  for await (const { data } of readBlocks(body)) {
    const message = data ? JSON.parse(data) : undefined
    if (!isObject(message)) continue
    if ('result' in message || 'error' in message) return message
    if (message['method'] === 'notifications/progress' && isObject(message['params']))
      onProgress(message['params'])
  }
  throw new TypeError('the connection was lost before the answer came')
}

/** @param {Response} response */
export async function toRefusal(response) {
  const body = await response.json().catch(() => undefined)
  return errorOf(isObject(body) ? body : {}, response.status)
}

/**
 * @param {JsonObject} body
 * @param {number} status
 */
function errorOf({ error }, status) {
  const said = isObject(error) ? error : { message: error }
  const message = textOf(said['message']) ?? `the server answered with HTTP status ${status}`
  return new Refusal(message, { status, code: said['code'] })
}
