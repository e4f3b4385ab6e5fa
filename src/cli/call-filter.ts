/** Which calls are meant: the options that `calls list` and `calls tail` share. */
import type { HistoryQuery } from '../calls/calls.js'
import { CALL_STATUSES } from '../domain/call.js'
import { MCP_TYPES } from '../domain/capability.js'
import { UsageError } from './usage-error.js'

export const FILTER_OPTIONS = {
  endpoint: { type: 'string' },
  function: { type: 'string' },
  type: { type: 'string' },
  user: { type: 'string' },
  status: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

export type CallFilter = Pick<HistoryQuery, 'mcpType' | 'name' | 'userId' | 'status'>

type Typed = Partial<Record<'function' | 'type' | 'user' | 'status', string | undefined>>

export function readFilter(typed: Typed): CallFilter {
  return {
    name: readName('function', typed.function, 'the name of a tool or prompt, or a URI'),
    mcpType: readOneOf('type', typed.type, MCP_TYPES),
    userId: readName('user', typed.user, 'the name of a user'),
    status: readOneOf('status', typed.status, CALL_STATUSES),
  }
}

function readName(flag: string, text: string | undefined, expected: string): string | undefined {
  if (text === '') throw new UsageError(`--${flag}: expected ${expected}`)
  return text
}

function readOneOf<Known extends string>(
  flag: string,
  text: string | undefined,
  known: readonly Known[],
): Known | undefined {
  const found = known.find((each) => each === text)
  if (text !== undefined && found === undefined)
    throw new UsageError(`--${flag}: expected one of ${known.join(', ')}`)
  return found
}
