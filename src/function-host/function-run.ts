/** One run of a function, from its input to the JSON of its result. */
import type { McpType } from '../domain/capability.js'
import { GatewayError, type ErrorData, type GatewayErrorCode } from '../domain/errors.js'
import type { BundleMethods, MethodRequest } from './bundle-methods.js'
import {
  openCall,
  type AbortReason,
  type CallIdentity,
  type CallMessages,
  type FunctionCall,
  type OpenCall,
} from './call-object.js'
import { toMcpResult, toResultJson } from './function-result.js'
import { readThrown } from './thrown.js'

/** All that an instance must know of a call; plain JSON. */
export interface RunRequest extends CallIdentity, MethodRequest {
  readonly mcpType: McpType
  readonly mimeType?: string | undefined
  readonly input: unknown
}

/** Why a run has no result. `THROWN`: the author's own error. */
export interface RunFailure {
  readonly code: GatewayErrorCode | 'THROWN'
  readonly message: string
  readonly errorData?: ErrorData | undefined
  /** For the gateway's log alone. */
  readonly stack?: string | undefined
}

export interface RunEvents extends CallMessages {
  /** The JSON of the MCP result, or why there is none; undefined after an abort. */
  ended(outcome: string | RunFailure | undefined): void
}

export interface Run {
  abort(reason: AbortReason): void
}

export interface RunPlace {
  readonly methods: BundleMethods
  readonly maxResultBytes: number
}

/** Starts a run; nothing of it throws, everything arrives at `events`. */
export function startRun(place: RunPlace, request: RunRequest, events: RunEvents): Run {
  const open = openCall(request, events)
  void runToEnd(place, request, { open, events })
  return open
}

async function runToEnd(
  place: RunPlace,
  request: RunRequest,
  { open, events }: { open: OpenCall; events: RunEvents },
): Promise<void> {
  const outcome = await runFunction(place, request, open.call)
  open.close()
  events.ended(open.isAborted ? undefined : outcome)
}

async function runFunction(
  { methods, maxResultBytes }: RunPlace,
  request: RunRequest,
  call: FunctionCall,
): Promise<string | RunFailure> {
  let returned: unknown
  try {
    const method = await methods.method(request)
    returned = await method(request.input, call)
  } catch (error) {
    return toFailure(error, 'THROWN')
  }
  try {
    const { mcpType, mimeType, input } = request
    const result = toMcpResult(returned, { mcpType, mimeType, uri: readUri(input) })
    return toResultJson(result, maxResultBytes)
  } catch (error) {
    // A getter or a proxy in what the function returned may throw anything.
    return toFailure(error, 'RESULT_INVALID')
  }
}

function toFailure(error: unknown, otherwise: RunFailure['code']): RunFailure {
  if (error instanceof GatewayError)
    return { code: error.code, message: error.message, errorData: error.data }
  const { message, stack } = readThrown(error)
  return { code: otherwise, message, stack }
}

/** A resource's function gets `{ uri, params }`. */
function readUri(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || !('uri' in input)) return undefined
  return typeof input.uri === 'string' ? input.uri : undefined
}
