/** To public addresses, and to the hosts that the operator names. */
import { Agent, type Dispatcher, fetch } from 'undici'
import { GatewayError } from '../domain/errors.js'
import { type AddressRules, createAddressRules } from './address-rules.js'
import type { Outbound, OutboundRequest, OutboundResponse } from './outbound.js'

export interface OutboundOptions {
  /** `host` or `host:port` that may be reached although their address is not public. */
  readonly allowed: readonly string[]
  /** Of a response, after it is decompressed. */
  readonly maxBytes: number
  /** For the whole exchange, redirects included, in milliseconds. */
  readonly timeoutMs: number
}

export function createOutbound(options: OutboundOptions): Outbound {
  const rules = createAddressRules(options.allowed)
  const agent = new Agent({ connect: { lookup: rules.lookup } }).compose(refuseAddresses(rules))
  return {
    fetch: async (request, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)])
      try {
        return await exchange(request, { agent, signal: limited, maxBytes: options.maxBytes })
      } catch (error) {
        throw toFailure(error)
      }
    },
    close: () => agent.destroy(),
  }
}

/** An address in a URL is connected to without a look at DNS: every hop passes here. */
function refuseAddresses(rules: AddressRules) {
  return (dispatch: Dispatcher['dispatch']): Dispatcher['dispatch'] =>
    (options, handler) => {
      if (options.origin !== undefined) rules.refuseUrl(new URL(String(options.origin)))
      return dispatch(options, handler)
    }
}

interface Exchange {
  readonly agent: Dispatcher
  readonly signal: AbortSignal
  readonly maxBytes: number
}

async function exchange(
  { url, method, headers, body, redirect }: OutboundRequest,
  { agent, signal, maxBytes }: Exchange,
): Promise<OutboundResponse> {
  const response = await fetch(readUrl(url), {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: body ?? null,
    redirect,
    signal,
    dispatcher: agent,
  })
  return {
    url: response.url,
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: await readBody(response.body ?? [], maxBytes),
  }
}

function readUrl(text: string): URL {
  if (!URL.canParse(text)) throw refused('the URL cannot be read')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused('only http: and https: are allowed')
  if (url.username !== '' || url.password !== '')
    throw refused('a URL must not hold a user name or password')
  return url
}

async function readBody(body: AsyncIterable<unknown> | [], maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.length
    if (bytes > maxBytes) throw failed(`the response has more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** `fetch` wraps what a connection threw, sometimes twice. */
function toFailure(error: unknown): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if (at instanceof GatewayError) return at
  if (!(error instanceof Error)) return error
  if (error.name === 'TimeoutError') return failed('it did not answer in its time', error)
  if (error.name === 'AbortError') return failed('it was aborted', error)
  const { cause = error } = error
  return failed(cause instanceof Error ? cause.message : 'the connection failed', error)
}

function refused(reason: string): GatewayError {
  return new GatewayError('OUTBOUND_REFUSED', `fetch: ${reason}`)
}

function failed(reason: string, cause?: unknown): GatewayError {
  return new GatewayError('OUTBOUND_FAILED', `fetch: ${reason}`, { cause })
}
