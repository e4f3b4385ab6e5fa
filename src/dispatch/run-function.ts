/** Runs one function and records the call, whatever comes of it: the only way to call one. */
import { GatewayError } from '../domain/errors.js'
import type { Limits } from '../limits/limits.js'
import type { JsonObject } from '../protocol/protocol.js'
import { type BackgroundParts, createBackground, goesOnAtOnce, toHandle } from './background.js'
import { toBegunRecord, toRecord } from './call-record.js'
import { askBetweenRuns, askByRequests } from './client-requests.js'
import { type Ending, execute, type Run, type StartedCall } from './execute.js'
import { type Claim, createIdempotency, type Idempotency, withCallId } from './idempotency.js'
import { createRounds, type Rounds, type RoundsParts } from './rounds.js'
import type { RunningCall, RunningCalls } from './running-calls.js'
import type { ToldCall, ToldCalls } from '../user-events/user-events.js'
import type { Turn } from './turn.js'

export type { Run } from './execute.js'

export interface RunFunctionParts extends RoundsParts, Omit<BackgroundParts, 'rounds'> {
  readonly calls: ToldCalls
  /** How long a function may run while its caller waits, in milliseconds. */
  readonly callTimeoutMs: number
  /** Default: as many calls as come. */
  readonly limits?: Pick<Limits, 'begin'> | undefined
}

interface RunParts extends RunFunctionParts {
  readonly running: RunningCalls
}

/**
 * @returns the function's result or its questions, once its record is durable; or the handle of a
 * call that goes on in the background, once that is durable
 * @throws GatewayError what went wrong, once its record is durable; `NOT_RECORDED` instead of
 * either when it cannot be recorded; `RECORDS_UNAVAILABLE` when nothing was run for that reason
 */
export type RunFunction = (run: Run) => Promise<JsonObject>

export function createRunFunction(runParts: RunParts): RunFunction {
  const parts = { ...runParts, rounds: createRounds(runParts) }
  const goOn = createBackground(parts)
  const idempotency = createIdempotency(parts)

  const runOnce = async (run: Run, open: ToldCall, claim: Claim): Promise<JsonObject> => {
    const running = parts.running.enter(run.caller.endpointId, open.callId, run.exchange.signal)
    const call = await startCall(parts, run, { open, running }).catch(async (error: unknown) => {
      running.leave()
      await claim.release()
      throw error
    })
    const reached = goesOnAtOnce(run, call.turn)
      ? { rest: call.turn }
      : await execute(parts, run, call)
    const end = 'rest' in reached ? await goOn(run, { ...call, turn: reached.rest }) : reached
    if ('handle' in end) return end.handle
    running.leave()
    // It was to go on in the background, and never began to.
    if ('rest' in reached) await claim.release()
    await record(parts, run, { call, ending: end }).finally(() => claim.settle(end))
    if (end.result === undefined) throw end.thrown
    // A round's questions are known by what they are: no copy is.
    return end.status === 'input_required' ? end.result : withCallId(end.result, call.callId)
  }
  const runInPlace = async (run: Run): Promise<JsonObject> => {
    for (;;) {
      const open = parts.calls.open(run.caller.endpointId)
      const deadline = latestEnd(parts, run, open.createdAt)
      const claiming = { callId: open.callId, deadline }
      const claim = await leaveIfThrown(open, idempotency.claim(run, claiming))
      if (!('earlier' in claim)) return leaveIfThrown(open, runOnce(run, open, claim))
      open.leave()
      const repeated = await repeat(parts, idempotency, { run, callId: claim.earlier })
      if (repeated !== undefined) return repeated
    }
  }
  return async (run) => {
    const { caller, fn } = run
    const place = await parts.limits?.begin(caller, `${fn.mcpType} ${fn.name}`)
    if (place === undefined) return runInPlace(run)
    return runInPlace({ ...run, place }).finally(place.leave)
  }
}

interface EarlierCall {
  readonly run: Run
  readonly callId: string
}

/** @returns undefined when the call may be made anew */
async function repeat(
  { tasks }: RunFunctionParts,
  idempotency: Idempotency,
  { run, callId }: EarlierCall,
): Promise<JsonObject | undefined> {
  const findHandle = async () => {
    const task = run.fn.background && (await tasks.find(run.caller, callId))
    return task && toHandle(run, { task })
  }
  return idempotency.repeat(run, { callId, findHandle })
}

/** What was not made into a call leaves no record. */
async function leaveIfThrown<T>(open: ToldCall, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    open.leave()
    throw error
  }
}

interface StartParts extends RunFunctionParts {
  readonly rounds: Rounds
}

type Opened = Pick<StartedCall, 'open' | 'running'>

async function startCall(parts: StartParts, run: Run, opened: Opened): Promise<StartedCall> {
  const { callTimeoutMs, clock } = parts
  const { open, running } = opened
  const { callId, createdAt } = open
  const deadline = createdAt + callTimeoutMs
  const turn = await firstTurn(parts, run, running)
  const call = { open, running, signal: running, callId, createdAt, deadline, turn }
  const described = { ...call, deadline: latestEnd(parts, run, createdAt) }
  open.describe(() => toBegunRecord(run, described, clock.now()))
  return call
}

/** Until then it ends, or goes on in the background: its client may be asked between two runs. */
function latestEnd(
  { callTimeoutMs, roundTtlMs }: RunFunctionParts,
  run: Run,
  createdAt: number,
): number {
  return createdAt + callTimeoutMs + (asksBetweenRuns(run) ? roundTtlMs : 0)
}

function asksBetweenRuns({ request, fn }: Run): boolean {
  return request.era !== 'modern' && fn.background?.asksFirst === true
}

async function firstTurn(
  { rounds, roundTtlMs }: StartParts,
  run: Run,
  running: RunningCall,
): Promise<Turn> {
  if (run.request.era === 'modern') return rounds.begin(run)
  const { ask } = run.exchange
  if (asksBetweenRuns(run)) return askBetweenRuns(run, { ask, signal: running }, roundTtlMs)
  return askByRequests(run, run.exchange)
}

async function record(
  { clock, log }: RunFunctionParts,
  run: Run,
  { call, ending }: { call: StartedCall; ending: Ending },
): Promise<void> {
  const { thrown } = ending
  if (thrown !== undefined && !(thrown instanceof GatewayError))
    log.error({ err: thrown, callId: call.callId }, 'a call failed with an unknown error')
  await call.open.end(toRecord(run, call, { ending, now: clock.now() }))
}
