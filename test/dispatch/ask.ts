/** Requests as dispatch receives them, put to a real gateway. */
import type { Caller } from '../../src/domain/caller.js'
import type { JsonObject, McpRequest } from '../../src/protocol/protocol.js'
import type { TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'

export const ann: Caller = { endpointId: 'default', userId: 'ann', roles: ['caller'] }
export const stranger: Caller = { endpointId: 'elsewhere', userId: 'ann', roles: ['caller'] }

export type Asked = Pick<McpRequest, 'method' | 'params'> & Partial<McpRequest>

export const toRequest = (asked: Asked) =>
  ({ id: 1, version: '2025-11-25', era: 'legacy', ...asked }) as McpRequest

export const toolCall = (name: string, args: JsonObject = {}, more: Partial<McpRequest> = {}) =>
  toRequest({ method: 'tools/call', params: { name, arguments: args }, ...more } as Asked)

export async function ask(
  test: TestGateway,
  asked: McpRequest,
  { caller = ann, signal = new AbortController().signal } = {},
) {
  const notes: JsonObject[] = []
  const notify = (note: JsonObject) => void notes.push(note)
  const result = await test.gateway.dispatch.handle(caller, asked, { signal, notify })
  return { result, notes }
}

export async function latestRecord(test: TestGateway) {
  const [latest] = await readStoredCalls(test.dataFolder)
  return latest
}
