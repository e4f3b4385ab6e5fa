/** Runs one function and records the call, whatever comes of it: the only way to call one. */
import type { Catalog } from '../catalog/catalog.js'
import { CALL_ID_META } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { JsonObject } from '../protocol/protocol.js'
import { type BackgroundParts, createBackground, goesOnAtOnce, toHandle } from './background.js'
import { toBegunRecord, toRecord } from './call-record.js'
import { askBetweenRuns, askByRequests } from './client-requests.js'
import { type Ending, execute, type Run, type StartedCall } from './execute.js'
import { type Claim, createIdempotency, type Idempotency } from './idempotency.js'
import { createRounds, type Rounds, type RoundsParts } from './rounds.js'
import type { ToldCall, ToldCalls } from '../user-events/user-events.js'
import type { Turn } from './turn.js'

export type { Run } from './execute.js'

export interface RunFunctionParts extends RoundsParts, Omit<BackgroundParts, 'rounds'> {
  readonly catalog: Catalog
  readonly calls: ToldCalls
  /** How long a function may run while its caller waits, in milliseconds. */
  readonly callTimeoutMs: number
}

/**
 * @returns the function's result or its questions, once its record is durable; or the handle of a
 * call that goes on in the background, once that is durable
 * @throws GatewayError what went wrong, once its record is durable; `NOT_RECORDED` instead of
 * either when it cannot be recorded; `RECORDS_UNAVAILABLE` when nothing was run for that reason
 */
export type RunFunction = (run: Run) => Promise<JsonObject>

export function createRunFunction(runParts: RunFunctionParts): RunFunction {
  const parts = { ...runParts, rounds: createRounds(runParts) }
  const goOn = createBackground(parts)
  const idempotency = createIdempotency(parts)

  const runOnce = async (run: Run, open: ToldCall, claim: Claim): Promise<JsonObject> => {
    const call = await startCall(parts, run, open).catch(async (error: unknown) => {
      await claim.release()
      throw error
    })
    const reached = goesOnAtOnce(run, call.turn)
      ? { rest: call.turn }
      : await execute(parts, run, call)
    const end = 'rest' in reached ? await goOn(run, { ...call, turn: reached.rest }) : reached
    if ('handle' in end) return end.handle
    await record(parts, run, { call, ending: end })
    await claim.settle(end)
    if (end.result !== undefined) return withCallId(end.result, call.callId)
    throw end.thrown
  }
  return async (run) => {
    for (;;) {
      const open = parts.calls.open(run.caller.endpointId)
      const claim = await leaveIfThrown(open, idempotency.claim(run, open.callId))
      if (!('earlier' in claim)) return leaveIfThrown(open, runOnce(run, open, claim))
      open.leave()
      const repeated = await repeat(parts, idempotency, { run, callId: claim.earlier })
      if (repeated !== undefined) return repeated
    }
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
  const task = run.fn.background && (await tasks.find(run.caller, callId))
  if (task) return toHandle(run, { task })
  const result = await idempotency.repeat(run, callId)
  return result && withCallId(result, callId)
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

function withCallId(result: JsonObject, callId: string): JsonObject {
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {}
  return { ...result, _meta: { ...meta, [CALL_ID_META]: callId } }
}

interface StartParts extends RunFunctionParts {
  readonly rounds: Rounds
}

async function startCall(parts: StartParts, run: Run, open: ToldCall): Promise<StartedCall> {
  const { callTimeoutMs, clock } = parts
  const { callId, createdAt } = open
  const deadline = createdAt + callTimeoutMs
  const call = { open, callId, createdAt, deadline, turn: await firstTurn(parts, run) }
  open.describe(() => toBegunRecord(run, call, clock.now()))
  return call
}

async function firstTurn({ rounds, roundTtlMs }: StartParts, run: Run): Promise<Turn> {
  if (run.request.era === 'modern') return rounds.begin(run)
  if (run.fn.background?.asksFirst === true) return askBetweenRuns(run, run.exchange, roundTtlMs)
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
