/** Requests as they are, over connections that are kept. */
import { Agent, type Dispatcher } from 'undici'
import type { Answer, WireRequest } from './draw.js'

/** The head of an answer, and a body that may never end. */
export interface Sent extends Omit<Answer, 'text'> {
  readonly body: Dispatcher.ResponseData['body']
}

export interface Wire {
  readonly send: (request: WireRequest) => Promise<Sent>
  close(): Promise<void>
}

/** An answer that takes longer is one that never comes. */
const TIMEOUT_MS = 60_000

export function createWire(origin: string): Wire {
  const agent = new Agent({ headersTimeout: TIMEOUT_MS, bodyTimeout: 0, connections: 200 })
  return {
    send: async ({ method, path, headers, body }) => {
      const sent = await agent.request({
        origin,
        path,
        method,
        headers,
        body: body ?? null,
      })
      return { status: sent.statusCode, headers: sent.headers, body: sent.body }
    },
    close: () => agent.destroy(),
  }
}
