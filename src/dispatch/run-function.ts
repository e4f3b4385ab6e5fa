/** Runs one function and records the call, whatever comes of it: the only way to call one. */
import { v7 as uuidv7 } from 'uuid'
import type { Calls } from '../calls/calls.js'
import type { Catalog } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import type { JsonObject } from '../protocol/protocol.js'
import { type BackgroundParts, createBackground, goesOnAtOnce } from './background.js'
import { toRecord } from './call-record.js'
import { askBetweenRuns, askByRequests } from './client-requests.js'
import { type Ending, execute, type Run, type StartedCall } from './execute.js'
import { createRounds, type Rounds, type RoundsParts } from './rounds.js'
import type { Turn } from './turn.js'

export type { Run } from './execute.js'

export interface RunFunctionParts extends RoundsParts, Omit<BackgroundParts, 'rounds'> {
  readonly catalog: Catalog
  readonly calls: Calls
  /** How long a function may run while its caller waits, in milliseconds. */
  readonly callTimeoutMs: number
}

/**
 * @returns the function's result or its questions, once its record is durable; or the handle of a
 * call that goes on in the background, once that is durable
 * @throws GatewayError what went wrong, once its record is durable; `NOT_RECORDED` instead of
 * either when it cannot be recorded
 */
export type RunFunction = (run: Run) => Promise<JsonObject>

export function createRunFunction(runParts: RunFunctionParts): RunFunction {
  const parts = { ...runParts, rounds: createRounds(runParts) }
  const goOn = createBackground(parts)
  return async (run) => {
    const call = await startCall(parts, run)
    const reached = goesOnAtOnce(run, call.turn)
      ? { rest: call.turn }
      : await execute(parts, run, call)
    const end = 'rest' in reached ? await goOn(run, { ...call, turn: reached.rest }) : reached
    if ('handle' in end) return end.handle
    await record(parts, run, { call, ending: end })
    if (end.result !== undefined) return end.result
    throw end.thrown
  }
}

interface StartParts extends RunFunctionParts {
  readonly rounds: Rounds
}

async function startCall(parts: StartParts, run: Run): Promise<StartedCall> {
  const createdAt = parts.clock.now()
  const deadline = createdAt + parts.callTimeoutMs
  return { callId: uuidv7(), createdAt, deadline, turn: await firstTurn(parts, run) }
}

async function firstTurn({ rounds, roundTtlMs }: StartParts, run: Run): Promise<Turn> {
  if (run.request.era === 'modern') return rounds.begin(run)
  if (run.fn.background?.asksFirst === true) return askBetweenRuns(run, run.exchange, roundTtlMs)
  return askByRequests(run, run.exchange)
}

async function record(
  { calls, clock, log }: RunFunctionParts,
  run: Run,
  { call, ending }: { call: StartedCall; ending: Ending },
): Promise<void> {
  const { thrown } = ending
  if (thrown !== undefined && !(thrown instanceof GatewayError))
    log.error({ err: thrown, callId: call.callId }, 'a call failed with an unknown error')
  await calls.finish(toRecord(run, call, { ending, now: clock.now() }))
}
