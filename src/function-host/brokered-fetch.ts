/** A `fetch` for code that has no network: the gateway runs it, to where it may go. */
import type { FetchRequestHead, FetchResponseHead } from '../domain/outbound-fetch.js'

/** What is asked of the gateway; plain JSON. */
export interface FetchRequest extends FetchRequestHead {
  readonly bodyBase64?: string | undefined
}

/** What came of it, or one sentence on why nothing did. */
export type FetchReply =
  | (FetchResponseHead & { readonly bodyBase64: string })
  | { readonly refusal: string }

/** Carries a request to the gateway. */
export type AskGateway = (request: FetchRequest, signal: AbortSignal) => Promise<FetchReply>

/** These statuses have no body, and `Response` takes none. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** Bodies are whole on both sides: neither is streamed. */
function createBrokeredFetch(ask: AskGateway): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    const reply = await ask(await toMessage(request), request.signal)
    if ('refusal' in reply) throw new TypeError(reply.refusal)
    const { url, status, statusText, headers, bodyBase64 } = reply
    const body = WITHOUT_BODY.has(status) ? null : Buffer.from(bodyBase64, 'base64')
    const response = new Response(body, {
      status,
      statusText,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
    })
    return Object.defineProperty(response, 'url', { value: url })
  }
}

async function toMessage(request: Request): Promise<FetchRequest> {
  const { url, method, headers, body, redirect } = request
  const common = { url, method, headers: [...headers], redirect }
  if (body === null) return common
  return { ...common, bodyBase64: Buffer.from(await request.arrayBuffer()).toString('base64') }
}

interface Waiting {
  resolve(reply: FetchReply): void
}

export interface FetchLine {
  /** Put in the place of the global `fetch`. */
  readonly fetch: typeof fetch
  /** The gateway's reply to a request. */
  answer(number: number, reply: FetchReply): void
}

/** @param say sends a request with its number, or, without one, that nobody waits any longer */
export function createFetchLine(
  say: (number: number, request: FetchRequest | undefined) => void,
): FetchLine {
  const waiting = new Map<number, Waiting>()
  let lastNumber = 0
  const ask: AskGateway = (request, signal) =>
    new Promise((resolve, reject) => {
      const number = ++lastNumber
      const onAbort = () => {
        waiting.delete(number)
        say(number, undefined)
        reject(toError(signal.reason))
      }
      waiting.set(number, {
        resolve(reply) {
          signal.removeEventListener('abort', onAbort)
          resolve(reply)
        },
      })
      signal.addEventListener('abort', onAbort, { once: true })
      say(number, request)
    })
  return {
    fetch: createBrokeredFetch(ask),
    answer(number, reply) {
      waiting.get(number)?.resolve(reply)
      waiting.delete(number)
    },
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the fetch was aborted')
}
