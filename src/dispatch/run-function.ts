/** Runs one function and records the call, whatever comes of it: the only way to call one. */
import { v7 as uuidv7 } from 'uuid'
import type { Bundles } from '../bundles/bundles.js'
import type { Calls } from '../calls/calls.js'
import type { Catalog } from '../catalog/catalog.js'
import type { CallError, CallRecord, CallStatus } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { JsonObject } from '../protocol/protocol.js'
import { type Executor, FunctionError, type RunOutcome } from '../runtime/runtime.js'
import type { Log } from '../telemetry/telemetry.js'
import { askByRequests } from './client-requests.js'
import type { Exchange } from './handler.js'
import { createReporters } from './reporters.js'
import { createRounds, type RoundResult, type Rounds, type RoundsParts } from './rounds.js'
import type { Asked, Turn } from './turn.js'

export interface RunFunctionParts extends RoundsParts {
  readonly catalog: Catalog
  readonly bundles: Bundles
  readonly executor: Executor
  readonly calls: Calls
  readonly clock: Clock
  readonly log: Log
  /** How long a function may run, in milliseconds. */
  readonly callTimeoutMs: number
}

export interface Run extends Asked {
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
 * @returns the function's result or its questions, once its record is durable
 * @throws GatewayError what went wrong, once its record is durable; `NOT_RECORDED` instead of
 * either when it cannot be recorded
 */
export type RunFunction = (run: Run) => Promise<JsonObject>

/** How a run ended: what is answered, and what is recorded of it. */
interface Ending {
  readonly status: CallStatus
  readonly result?: JsonObject | undefined
  /** What is recorded in its place. */
  readonly content?: JsonObject | undefined
  readonly conversationId?: string | undefined
  readonly thrown?: unknown
  readonly error?: CallError | undefined
}

export function createRunFunction(parts: RunFunctionParts): RunFunction {
  const { calls, clock, log } = parts
  const rounds = createRounds(parts)
  return async (run) => {
    const callId = uuidv7()
    const createdAt = clock.now()
    const turn = await (run.request.era === 'modern'
      ? rounds.begin(run)
      : askByRequests(run, run.exchange))
    const deadline = createdAt + parts.callTimeoutMs
    const ending = await execute({ ...parts, rounds }, run, { callId, deadline, turn })
    if (ending.thrown !== undefined && !(ending.thrown instanceof GatewayError))
      log.error({ err: ending.thrown, callId }, 'a call failed with an unknown error')
    const times = { callId, createdAt, updatedAt: clock.now() }
    await calls.finish(toRecord(run, { turn, ending, times }))
    if (ending.result !== undefined) return ending.result
    throw ending.thrown
  }
}

interface Start {
  readonly callId: string
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly turn: Turn
}

interface ExecuteParts extends RunFunctionParts {
  readonly rounds: Rounds
}

async function execute(parts: ExecuteParts, run: Run, start: Start): Promise<Ending> {
  const { turn } = start
  try {
    // What was checked in the first round is still the same.
    if (turn.conversation === undefined) run.checkInput?.()
    const { outcome, turn: last } = await runOn(parts, run, start)
    if (outcome.kind === 'input_required')
      return toRoundEnding(parts.rounds.ask(run, last, outcome))
    const { result } = outcome
    // Of an earlier version that goes on, the schema at hand is not the one that it was told.
    if (isCurrent(turn, run)) run.checkResult?.(result)
    return result['isError'] === true ? failedResult(result) : { status: 'completed', result }
  } catch (thrown) {
    return failure(thrown, run)
  } finally {
    turn.end()
  }
}

/** Runs until there is a result or something to ask: every run more has an answer more. */
async function runOn(parts: ExecuteParts, run: Run, start: Start) {
  let { turn } = start
  for (;;) {
    const outcome = await runTarget(parts, run, { ...start, turn })
    if (outcome.kind === 'completed') return { outcome, turn }
    const next = parts.rounds.resume(run, turn, outcome)
    if (next === undefined) return { outcome, turn }
    turn = next
  }
}

async function runTarget(
  { bundles, executor }: RunFunctionParts,
  { caller, request, fn, input, exchange }: Run,
  { callId, deadline, turn: { target, questions } }: Start,
): Promise<RunOutcome> {
  const bundle = await bundles.open(target.bundle)
  const mimeType = fn.data['mimeType']
  return executor.run({
    callId,
    deadline,
    userId: caller.userId,
    bundle,
    target,
    questions,
    mcpType: fn.mcpType,
    input,
    mimeType: typeof mimeType === 'string' ? mimeType : undefined,
    signal: exchange.signal,
    ...createReporters(request, exchange),
  })
}

function isCurrent({ target }: Turn, { fn }: Run): boolean {
  return target.bundle.sha256 === fn.target.bundle.sha256
}

/** The state opens the next round for whoever reads it, so no record holds it. */
function toRoundEnding({ result, conversationId }: RoundResult): Ending {
  const { inputRequests } = result
  return { status: 'input_required', result, content: { inputRequests }, conversationId }
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

interface Ended {
  readonly turn: Turn
  readonly ending: Ending
  readonly times: Times
}

function toRecord(run: Run, { turn, ending, times }: Ended): CallRecord {
  const { caller, request, fn, input } = run
  return {
    endpointId: caller.endpointId,
    userId: caller.userId,
    mcpType: fn.mcpType,
    name: fn.uri ?? fn.name,
    arguments: input,
    content: ending.content ?? ending.result,
    status: ending.status,
    error: ending.error,
    timeSpentMs: times.updatedAt - times.createdAt,
    bundleSha256: turn.target.bundle.sha256,
    conversationId: ending.conversationId ?? turn.conversation?.id,
    protocolVersion: request.version,
    sessionId: request.session?.id,
    ...times,
  }
}
