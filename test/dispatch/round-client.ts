/** Requests of a client that answers questions, put to a real gateway whose clock a test drives. */
import { buildGateway } from '../../src/app.js'
import type { Caller } from '../../src/domain/caller.js'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ann, type Asked, ask, gatewayOptions, toRequest } from './ask.js'

export const TTL_MS = 60_000

export interface DrivenGateway extends TestGateway {
  /** What its clock says, in milliseconds since 1970. */
  readonly time: { now: number }
}

/** Offers `asking_tools`. */
export async function startDrivenGateway(): Promise<DrivenGateway> {
  const test = await startTestGateway()
  await test.publish('asking_tools')
  const time = { now: Date.now() }
  const clock = { now: () => time.now }
  const options = { ...gatewayOptions, roundTtlMs: TTL_MS }
  return { ...test, time, gateway: buildGateway({ ...test.parts, clock }, options) }
}

export const everything = { elicitation: { form: {}, url: {} }, sampling: { tools: {} }, roots: {} }
export const accept = (content: JsonObject) => ({ action: 'accept', content })
export const named = (name: string) => accept({ name })

interface RoundCall {
  readonly method?: string
  readonly params?: JsonObject
  readonly declared?: JsonObject
  readonly caller?: Caller
}

export interface RoundReply {
  readonly inputRequests?: Record<string, { method: string; params: JsonObject }>
  readonly requestState?: string
  readonly content?: { text: string }[]
  readonly structuredContent?: JsonObject
  readonly isError?: boolean
}

/** What a client sends first, and with its answers. */
export function roundClient(gateway: () => TestGateway) {
  const send = async (name: string, given: RoundCall = {}): Promise<RoundReply> => {
    const { method = 'tools/call', params, declared = everything, caller = ann } = given
    const request = toRequest({
      method,
      params: { ...(method === 'resources/read' ? { uri: name } : { name }), ...params },
      era: 'modern',
      version: '2026-07-28',
      clientCapabilities: declared,
    } as Asked)
    return (await ask(gateway(), request, { caller })).result
  }
  const answer = (
    name: string,
    { requestState }: RoundReply,
    inputResponses: JsonObject,
    given: RoundCall = {},
  ) => send(name, { ...given, params: { ...given.params, requestState, inputResponses } })
  return { send, answer }
}
