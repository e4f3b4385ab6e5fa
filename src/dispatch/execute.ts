/** Runs one function within its limits, and says how that ended: whatever is thrown is an ending. */
import type { Bundles } from '../bundles/bundles.js'
import type { CallError, CallStatus } from '../domain/call.js'
import type { CancelSignal } from '../domain/cancel-signal.js'
import { GatewayError } from '../domain/errors.js'
import type { CallPlace } from '../limits/limits.js'
import type { JsonObject } from '../protocol/protocol.js'
import { type Executor, FunctionError, type RunOutcome } from '../runtime/runtime.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { ToldCall } from '../user-events/user-events.js'
import type { Exchange } from './handler.js'
import { createReporters } from './reporters.js'
import type { RoundResult, Rounds } from './rounds.js'
import type { RunningCall } from './running-calls.js'
import type { Asked, Turn } from './turn.js'

export interface ExecuteParts {
  readonly bundles: Bundles
  readonly executor: Executor
  readonly subscriptions: Subscriptions
  readonly rounds: Rounds
}

export interface Run extends Asked {
  /** What it takes up of its endpoint, as long as it runs. */
  readonly place?: CallPlace | undefined
  /** Already valid. */
  readonly input: unknown
  readonly exchange: Exchange
  /** Looks at the input before and at the result after; throws what the caller is to be told. */
  readonly checkInput?: (() => void) | undefined
  readonly checkResult?: ((result: JsonObject) => void) | undefined
  /** A failure as a result, where the method has results for failures; undefined where not. */
  readonly toFailedResult?: ((error: Error) => JsonObject | undefined) | undefined
}

/** A run that has its id. */
export interface StartedCall extends Pick<ToldCall, 'callId' | 'createdAt'> {
  readonly open: ToldCall
  /** Milliseconds since 1970. */
  readonly deadline: number
  readonly turn: Turn
  readonly running: RunningCall
  /** Ends its run: of a call in the background its task's. */
  readonly signal: CancelSignal
}

/** How a run ended: what is answered, and what is recorded of it. */
export interface Ending {
  readonly status: CallStatus
  readonly result?: JsonObject | undefined
  /** What is recorded in its place. */
  readonly content?: JsonObject | undefined
  readonly conversationId?: string | undefined
  readonly thrown?: unknown
  readonly error?: CallError | undefined
}

/** What a function asks first is answered; what is left of it runs in the background. */
export interface Rest {
  readonly rest: Turn
}

export async function execute(
  parts: ExecuteParts,
  run: Run,
  call: StartedCall,
): Promise<Ending | Rest> {
  const { turn } = call
  try {
    checkFirstInput(run, turn)
    const reached = await runOn(parts, run, call)
    if (reached.rest !== undefined) return { rest: reached.rest }
    const { outcome, turn: last } = reached
    if (outcome.kind === 'input_required')
      return toRoundEnding(parts.rounds.ask(run, last, outcome))
    const { result } = outcome
    // Of an earlier version that goes on, the schema at hand is not the one that it was told.
    if (isCurrent(turn, run)) run.checkResult?.(result)
    return result['isError'] === true ? failedResult(result) : { status: 'completed', result }
  } catch (thrown) {
    return toFailure(call.running.explain(thrown), run)
  } finally {
    turn.end()
  }
}

/** What was checked in the first round is still the same. */
export function checkFirstInput({ checkInput }: Run, { conversation }: Turn): void {
  if (conversation === undefined) checkInput?.()
}

/** Runs until there is a result or something to ask: every run more has an answer more. */
async function runOn(parts: ExecuteParts, run: Run, call: StartedCall) {
  let { turn } = call
  for (;;) {
    const outcome = await runTarget(parts, run, { ...call, turn })
    if (outcome.kind === 'completed') return { outcome, turn }
    const next = await turn.resume?.(outcome)
    if (next === undefined) return { outcome, turn }
    if (run.fn.background !== undefined && next.isAnswered === true) return { rest: next }
    turn = next
  }
}

async function runTarget(
  { bundles, executor, subscriptions }: ExecuteParts,
  { caller, request, fn, input, exchange }: Run,
  { open, callId, deadline, signal, turn: { target, questions } }: StartedCall,
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
    signal,
    trace: request.trace,
    ...createReporters({ caller, request, exchange, open }, subscriptions),
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

export function toFailure(thrown: unknown, run: Run): Ending {
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
