/** Runs one function and records the call, whatever comes of it: the only way to call one. */
import { v7 as uuidv7 } from 'uuid'
import type { Bundles } from '../bundles/bundles.js'
import type { Calls } from '../calls/calls.js'
import type { Catalog, CatalogFunction } from '../catalog/catalog.js'
import type { CallError, CallRecord, CallStatus } from '../domain/call.js'
import type { Caller } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { JsonObject, McpRequest } from '../protocol/protocol.js'
import { type Executor, FunctionError } from '../runtime/runtime.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Exchange } from './handler.js'
import { createReporters } from './reporters.js'

export interface RunFunctionParts {
  readonly catalog: Catalog
  readonly bundles: Bundles
  readonly executor: Executor
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
  /** How long a function may run, in milliseconds. */
  readonly callTimeoutMs: number
}

export interface Run {
  readonly caller: Caller
  readonly request: McpRequest
  readonly fn: CatalogFunction
  /** Already valid. */
  readonly input: unknown
  readonly exchange: Exchange
  /** Looks at the input before and at the result after; throws what the caller is to be told. */
  readonly checkInput?: (() => void) | undefined
  readonly checkResult?: ((result: JsonObject) => void) | undefined
  /** A failure as a result, where the method has results for failures; undefined where not. */
  readonly toFailedResult?: ((error: Error) => JsonObject | undefined) | undefined
}

/**
 * @returns the function's result, once its record is durable
 * @throws GatewayError what went wrong, once its record is durable; `NOT_RECORDED` instead of
 * either when it cannot be recorded
 */
export type RunFunction = (run: Run) => Promise<JsonObject>

/** How a run ended: what is answered, and what is recorded of it. */
interface Ending {
  readonly status: CallStatus
  readonly result?: JsonObject | undefined
  readonly thrown?: unknown
  readonly error?: CallError | undefined
}

export function createRunFunction(parts: RunFunctionParts): RunFunction {
  const { calls, clock, log } = parts
  return async (run) => {
    const callId = uuidv7()
    const createdAt = clock.now()
    const ending = await execute(parts, run, { callId, deadline: createdAt + parts.callTimeoutMs })
    if (ending.thrown !== undefined && !(ending.thrown instanceof GatewayError))
      log.error({ err: ending.thrown, callId }, 'a call failed with an unknown error')
    await calls.finish(toRecord(run, ending, { callId, createdAt, updatedAt: clock.now() }))
    if (ending.result !== undefined) return ending.result
    throw ending.thrown
  }
}

interface Start {
  readonly callId: string
  /** Milliseconds since 1970. */
  readonly deadline: number
}

async function execute(parts: RunFunctionParts, run: Run, start: Start): Promise<Ending> {
  try {
    run.checkInput?.()
    const result = await runTarget(parts, run, start)
    run.checkResult?.(result)
    return result['isError'] === true ? failedResult(result) : { status: 'completed', result }
  } catch (thrown) {
    return failure(thrown, run)
  }
}

async function runTarget(
  { bundles, executor }: RunFunctionParts,
  { caller, request, fn, input, exchange }: Run,
  { callId, deadline }: Start,
): Promise<JsonObject> {
  const bundle = await bundles.open(fn.target.bundle)
  const mimeType = fn.data['mimeType']
  return executor.run({
    callId,
    deadline,
    userId: caller.userId,
    bundle,
    target: fn.target,
    mcpType: fn.mcpType,
    input,
    mimeType: typeof mimeType === 'string' ? mimeType : undefined,
    signal: exchange.signal,
    ...createReporters(request, exchange),
  })
}

/** The function answered, and said itself that it failed. */
function failedResult(result: JsonObject): Ending {
  const error = { code: 'FUNCTION_FAILED', message: 'the function reported an error' }
  return { status: 'failed', result, error }
}

const STATUS_OF: Partial<Record<string, CallStatus>> = {
  CALL_TIMED_OUT: 'timed_out',
  CALL_CANCELLED: 'cancelled',
}

function failure(thrown: unknown, run: Run): Ending {
  const known = asGatewayError(thrown)
  if (known === undefined)
    return { status: 'failed', error: { code: 'INTERNAL', message: 'Internal error' }, thrown }
  const { code, message } = known
  const status = STATUS_OF[code] ?? 'failed'
  const result = status === 'cancelled' ? undefined : run.toFailedResult?.(known)
  return { status, error: { code, message }, result, thrown: known }
}

/** What a function throws reaches the caller with its author's message; a bug is no answer. */
function asGatewayError(thrown: unknown): GatewayError | undefined {
  if (thrown instanceof GatewayError) return thrown
  if (!(thrown instanceof FunctionError)) return undefined
  return new GatewayError('FUNCTION_FAILED', thrown.message, { cause: thrown })
}

type Times = Pick<CallRecord, 'callId' | 'createdAt' | 'updatedAt'>

function toRecord(run: Run, ending: Ending, times: Times): CallRecord {
  const { caller, request, fn, input } = run
  return {
    endpointId: caller.endpointId,
    userId: caller.userId,
    mcpType: fn.mcpType,
    name: fn.uri ?? fn.name,
    arguments: input,
    content: ending.result,
    status: ending.status,
    error: ending.error,
    timeSpentMs: times.updatedAt - times.createdAt,
    bundleSha256: fn.target.bundle.sha256,
    protocolVersion: request.version,
    ...times,
  }
}
