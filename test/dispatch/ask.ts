/** Requests as dispatch receives them, put to a real gateway. */
import type { GatewayOptions } from '../../src/app.js'
import type { Exchange } from '../../src/dispatch/dispatch.js'
import type { Caller } from '../../src/domain/caller.js'
import type { JsonObject, McpRequest } from '../../src/protocol/protocol.js'
import { takeCallId } from '../support/call-id.js'
import type { TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'

export const ann: Caller = { endpointId: 'default', userId: 'ann', roles: ['caller'] }
export const stranger: Caller = { endpointId: 'elsewhere', userId: 'ann', roles: ['caller'] }

export type Asked = Pick<McpRequest, 'method' | 'params'> & Partial<McpRequest>

export const toRequest = (asked: Asked) =>
  ({ id: 1, version: '2025-11-25', era: 'legacy', ...asked }) as McpRequest

export const toolCall = (name: string, args: JsonObject = {}, more: Partial<McpRequest> = {}) =>
  toRequest({ method: 'tools/call', params: { name, arguments: args }, ...more } as Asked)

/** What belongs to a request whose server goes on. */
export const exchangeOf = (given: Partial<Exchange> = {}): Exchange => ({
  signal: new AbortController().signal,
  closing: new AbortController().signal,
  notify: () => undefined,
  ...given,
})

/** What limits a gateway that a test builds of its own. */
export const gatewayOptions: GatewayOptions = {
  callTimeoutMs: 20_000,
  roundTtlMs: 60_000,
  taskTimeoutMs: 60_000,
  taskTtlMs: 600_000,
  maxBackgroundCalls: 100,
  pageSize: 10,
}

export async function ask(
  test: TestGateway,
  asked: McpRequest,
  { caller = ann, signal = new AbortController().signal } = {},
) {
  const notes: JsonObject[] = []
  const notify = (note: JsonObject) => void notes.push(note)
  const answer = await test.gateway.dispatch.handle(caller, asked, exchangeOf({ signal, notify }))
  return { ...takeCallId(answer), notes }
}

export async function latestRecord(test: TestGateway) {
  const [latest] = await readStoredCalls(test.dataFolder)
  return latest
}
