/** A call that goes on in the background: its caller gets a handle, and fetches what comes of it. */
import { toCallUri } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { type JsonObject, toTaskResult } from '../protocol/protocol.js'
import type { AnsweredQuestion, Question, Questions } from '../runtime/runtime.js'
import type { RunningTask, Task, Tasks } from '../tasks/tasks.js'
import type { Log } from '../telemetry/telemetry.js'
import { toBegunRecord, toRecord } from './call-record.js'
import { refuseUndeclared, toOpenQuestion } from './client-answers.js'
import { toTaskObject } from './detailed-task.js'
import {
  checkFirstInput,
  type Ending,
  execute,
  type ExecuteParts,
  type Run,
  type StartedCall,
  toFailure,
} from './execute.js'
import { takesTasks } from './tasks-extension.js'
import type { Turn } from './turn.js'

export interface BackgroundParts extends ExecuteParts {
  readonly tasks: Tasks
  readonly clock: Clock
  readonly log: Log
  /** How long a function may run in the background, in milliseconds. */
  readonly taskTimeoutMs: number
}

/** The call goes on; it is recorded when it ends. */
export interface Handle {
  readonly handle: JsonObject
}

/** @returns the handle, or why the call did not begin */
export type GoOn = (run: Run, call: StartedCall) => Promise<Handle | Ending>

export function createBackground(parts: BackgroundParts): GoOn {
  const { tasks, clock, taskTimeoutMs } = parts
  return async (run, call) => {
    try {
      checkFirstInput(run, call.turn)
      const now = clock.now()
      const task = await tasks.begin(toRecord(run, call, { now }))
      const { signal } = task
      const turn = toTaskTurn(run, call.turn, task)
      const goesOn = { ...call, deadline: now + taskTimeoutMs, turn, signal }
      call.open.describe(() => toBegunRecord(run, goesOn, clock.now()))
      const leavePlace = run.place?.goOn()
      call.running.goOn((cancelled) => void cancelTask(parts, run, { ...task.task, cancelled }))
      void runToEnd(parts, task, { run: detached(run, task), call: goesOn }).finally(leavePlace)
      return { handle: toHandle(run, task) }
    } catch (thrown) {
      return toFailure(call.running.explain(thrown), run)
    }
  }
}

/** True when there is nothing to ask before the caller gets its handle. */
export function goesOnAtOnce({ fn }: Run, { conversation, isAnswered }: Turn): boolean {
  if (fn.background === undefined) return false
  return isAnswered === true || (!fn.background.asksFirst && conversation === undefined)
}

interface CancelledTask extends Pick<Task, 'taskId'> {
  readonly cancelled: GatewayError
}

/** In the name of its caller, who alone may. Never rejects: nobody waits for it. */
async function cancelTask(
  { tasks, log }: BackgroundParts,
  { caller }: Run,
  { taskId, cancelled: { code, message } }: CancelledTask,
): Promise<void> {
  try {
    await tasks.cancel(caller, taskId, { code, message })
  } catch (err) {
    log.warn({ err, taskId }, 'a task could not be cancelled')
  }
}

interface BackgroundCall {
  readonly run: Run
  readonly call: StartedCall
}

/** Never rejects: nobody waits for it. */
async function runToEnd(
  parts: BackgroundParts,
  task: RunningTask,
  { run, call }: BackgroundCall,
): Promise<void> {
  const { clock, log } = parts
  const reached = await execute(parts, run, call)
  call.running.leave()
  const ending = 'rest' in reached ? toFailure(new Error('a task asks by itself'), run) : reached
  const { thrown } = ending
  if (thrown !== undefined && !(thrown instanceof GatewayError))
    log.error({ err: thrown, callId: call.callId }, 'a task failed with an unknown error')
  const errorData = thrown instanceof GatewayError ? thrown.data : undefined
  call.open.leave()
  await task.end(toRecord(run, call, { ending, now: clock.now() }), errorData)
}

/** What becomes of the request, its client and its connection no longer matters. */
function detached(run: Run, { signal }: RunningTask): Run {
  return { ...run, exchange: { signal, closing: signal, notify: () => undefined } }
}

function toTaskTurn({ caller, request }: Run, turn: Turn, task: RunningTask): Turn {
  const known = turn.questions?.mode === 'rounds' ? turn.questions : undefined
  const ask = async (question: Question, key: string): Promise<JsonObject> => {
    if (!takesTasks(request)) throw outOfReach()
    refuseUndeclared(request, [question])
    toOpenQuestion(caller, key, question)
    return task.ask(key, question)
  }
  const answers: Readonly<Record<string, AnsweredQuestion>> = known?.answers ?? {}
  const questions: Questions = { mode: 'requests', answers, state: known?.state, ask }
  return { ...turn, questions, resume: undefined, end: () => undefined }
}

/** A task for those who can ask for it, for all others a link to what will be its record. */
export function toHandle(
  { request, fn }: Pick<Run, 'request' | 'fn'>,
  { task }: Pick<RunningTask, 'task'>,
): JsonObject {
  if (takesTasks(request)) return toTaskResult(toTaskObject(task))
  const uri = toCallUri(task.taskId)
  const text = `The call goes on in the background. Read the resource ${uri} for its status and, once it has ended, its result.`
  const link = { type: 'resource_link', uri, name: fn.name, mimeType: 'application/json' }
  const hasLinks = request.version >= WITH_RESOURCE_LINKS
  return { content: [{ type: 'text', text }, ...(hasLinks ? [link] : [])] }
}

/** The first revision whose results may hold links. */
const WITH_RESOURCE_LINKS = '2025-06-18'

function outOfReach(): GatewayError {
  return new GatewayError(
    'FUNCTION_FAILED',
    'the client cannot be asked any longer: it has not declared the tasks extension',
  )
}
