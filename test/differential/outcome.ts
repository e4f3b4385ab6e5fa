/**
 * What of an answer is compared: status, code, whose id, and which members a result has, or the
 * notification with which a stream begins.
 */
import { takeCallId } from '../support/call-id.js'
import { isRecord } from '../support/raw-client.js'
import type { RawAnswer } from '../support/raw-http.js'

export interface Outcome {
  readonly status: number
  /** Of a JSON-RPC error. */
  readonly code?: number | undefined
  readonly id: 'sent' | 'none' | 'null' | 'other' | 'batch' | 'no message'
  /** Of a tool's result. */
  readonly isError?: boolean | undefined
  /** Paths of the members of a result or of params, sorted; `[]` stands for every item of a list. */
  readonly members: readonly string[]
}

export function toOutcome({ status, message }: RawAnswer, sentId: unknown): Outcome {
  if (Array.isArray(message))
    return { status, id: 'batch', members: message.map((_one, at) => String(at)) }
  if (!isRecord(message)) return { status, id: 'no message', members: [] }
  const { error, method, params, result: answer } = message
  // Which call it was is said by a member of our own, which any `_meta` may have.
  const result = isRecord(answer) ? takeCallId(answer).result : answer
  const members =
    typeof method === 'string' ? membersOf(params, method) : membersOf(result, 'result')
  return {
    status,
    id: idKind(message, sentId),
    code: isRecord(error) && typeof error['code'] === 'number' ? error['code'] : undefined,
    isError: isRecord(result) ? result['isError'] === true : undefined,
    members: [...new Set(members)].toSorted(),
  }
}

export function isSame(ours: Outcome, theirs: Outcome): boolean {
  return JSON.stringify(ours) === JSON.stringify(theirs)
}

function idKind(message: Record<string, unknown>, sentId: unknown): Outcome['id'] {
  if (!('id' in message)) return 'none'
  if (message['id'] === null) return 'null'
  return message['id'] === sentId ? 'sent' : 'other'
}

/** What only says how a server is set up: its members are no matter of the protocol's shape. */
const OPAQUE = new Set(['result.capabilities', 'result.tools[].inputSchema'])

function membersOf(value: unknown, path: string): string[] {
  if (OPAQUE.has(path)) return [path]
  if (Array.isArray(value)) return [path, ...value.flatMap((item) => membersOf(item, `${path}[]`))]
  if (!isRecord(value)) return value === undefined ? [] : [path]
  const members = Object.entries(value)
  return [path, ...members.flatMap(([name, member]) => membersOf(member, `${path}.${name}`))]
}
