/** The real HTTP server on the real parts of a gateway, but for what answers a tool call: a script. */
import { once } from 'node:events'
import { createAccess } from '../../src/access/access.js'
import type { Dispatch, Exchange } from '../../src/dispatch/dispatch.js'
import { createEndpointSignals, type EndpointSignals } from '../../src/events/endpoint-signals.js'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { createToldSessions } from '../../src/sessions/sessions.js'
import { createSubscriptions } from '../../src/subscriptions/subscriptions.js'
import { createUserEvents } from '../../src/user-events/user-events.js'
import {
  createHttpServer,
  type HttpOptions,
  type HttpParts,
} from '../../src/transport/http-server.js'
import { framesOf, next, type SseFrame } from '../support/event-stream.js'
import type { TestGateway } from '../support/gateway.js'
import { openSession, type SessionOptions } from '../support/session.js'

/** @returns a tool's result */
export type Script = (exchange: Exchange) => JsonObject | Promise<JsonObject>

export type Headers = Record<string, string>

export interface StreamServer {
  readonly url: string
  readonly signals: EndpointSignals
  /** What a `tools/call` of this name does. */
  on(name: string, script: Script): void
  /** @returns the headers of every later request */
  open(session?: Partial<SessionOptions> & { userId?: string }): Promise<Headers>
  call(
    headers: Headers,
    name: string,
    id?: string | number,
    signal?: AbortSignal,
  ): Promise<Response>
  post(headers: Headers, message: unknown, signal?: AbortSignal): Promise<Response>
  get(headers: Headers, lastEventId?: string, signal?: AbortSignal): Promise<Response>
  close(drainTimeoutMs?: number): Promise<void>
}

export interface StreamServerOptions extends Pick<
  HttpOptions,
  'heartbeatMs' | 'placeLimits' | 'unreadMs' | 'maxConnections'
> {
  /** In place of the gateway's own. */
  readonly parts?: Partial<HttpParts>
}

export async function startStreamServer(
  gateway: TestGateway,
  { parts: others, ...options }: StreamServerOptions = {},
): Promise<StreamServer> {
  const { authenticator, sessions, ...parts } = gateway.parts
  if (authenticator === undefined || sessions === undefined) throw new Error('no secrets')
  const signals = createEndpointSignals(parts.events, parts.log)
  const { log } = parts
  const told = createToldSessions({ sessions, signals, log })
  const subscriptions = createSubscriptions({ ...parts, signals })
  const scripts = new Map<string, Script>()
  const server = createHttpServer(
    {
      ...parts,
      // What is managed is a test's own matter.
      management: undefined,
      authenticator,
      access: createAccess(parts),
      sessions: told,
      signals,
      subscriptions,
      userEvents: createUserEvents({ ...parts, subscriptions }),
      tickets: parts.tickets,
      dispatch: toDispatch(scripts),
      ...others,
    },
    { isLoopback: true, allowedOrigins: [], maxBodyBytes: 1e6, ...options },
  )
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const mcp = `${url}/default/mcp`
  const post = (headers: Headers, message: unknown, signal?: AbortSignal) =>
    fetch(mcp, {
      method: 'POST',
      headers,
      body: JSON.stringify(message),
      ...(signal && { signal }),
    })
  return {
    url,
    signals,
    on: (name, script) => void scripts.set(name, script),
    open: async ({ userId = 'ann', ...session } = {}) =>
      openSession(url, { token: await gateway.tokenFor(userId, session.endpointId), ...session }),
    post,
    call: (headers, name, id = 1, signal) => post(headers, toolCall(name, id), signal),
    get: (headers, lastEventId, signal) =>
      fetch(mcp, {
        headers: { ...headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
        ...(signal && { signal }),
      }),
    close: async (drainTimeoutMs = 1000) => {
      await server.close(drainTimeoutMs)
      subscriptions.close()
      told.close()
    },
  }
}

function toDispatch(scripts: ReadonlyMap<string, Script>): Pick<Dispatch, 'handle'> {
  return {
    handle: async (_caller, request, exchange) => {
      if (request.method === 'initialize')
        return { protocolVersion: request.params.protocolVersion }
      if (request.method === 'subscriptions/listen') return scripts.get('listen')?.(exchange) ?? {}
      if (request.method !== 'tools/call') return {}
      const script = scripts.get(request.params.name)
      if (script === undefined) throw new Error(`no script: ${request.params.name}`)
      return script(exchange)
    },
  }
}

export const toolCall = (name: string, id: string | number = 1): JsonObject => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: {} },
})

export const cancelOf = (requestId: string | number): JsonObject => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId },
})

/** A tool's result that says one thing. */
export const text = (said: string): JsonObject => ({ content: [{ type: 'text', text: said }] })

/** A log message, as a function sends it on the way. */
export const note = (data: unknown): JsonObject => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'info', data },
})

/** A moment that a test decides on. */
export function createGate(): { opened: Promise<void>; open(): void } {
  const gate = new EventTarget()
  const opened = once(gate, 'open').then(() => undefined)
  return { opened, open: () => void gate.dispatchEvent(new Event('open')) }
}

/** @returns the gate: the call says one thing, and goes on when it is opened */
export function slowCall(server: StreamServer, name = 'slow'): { open(): void } {
  const gate = createGate()
  server.on(name, async (exchange) => {
    exchange.notify(note('begun'))
    await gate.opened
    exchange.notify(note('ending'))
    return text('done')
  })
  return gate
}

export const idsOf = (frames: readonly SseFrame[]) => frames.map(({ id }) => id)

export const messagesIn = (frames: readonly SseFrame[]) =>
  frames.flatMap(({ message }) => message ?? [])

/** Calls, and is cut off after so many frames. */
export async function cutAfter(
  count: number,
  server: StreamServer,
  { headers, name, id = 'cut' }: { headers: Headers; name: string; id?: string },
): Promise<SseFrame[]> {
  const controller = new AbortController()
  const frames = framesOf(await server.call(headers, name, id, controller.signal))
  const seen: SseFrame[] = []
  while (seen.length < count) seen.push(await next(frames))
  controller.abort()
  return seen
}
