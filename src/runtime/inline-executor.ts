/**
 * Runs functions in the gateway's own process: for development and for the operator's own code.
 * It isolates nothing; a call is answered at its deadline, but a busy loop blocks the gateway.
 */
import type { OpenBundle } from '../bundles/bundles.js'
import { systemClock, type Clock } from '../domain/clock.js'
import type {
  AbortReason,
  CallMessages,
  Run,
  RunEvents,
  RunRequest,
} from '../function-host/function-host.js'
import type { Log } from '../telemetry/telemetry.js'
import { createAlarm } from './alarm.js'
import { createInlineInstances, hostBundle } from './inline-instances.js'
import { JobAnswer, refuseEnded, shuttingDown, toRunRequest, type Settle } from './job-answer.js'
import type { Executor, FunctionJob, MethodName, RuntimeLimits } from './runtime.js'
import { CHECK_TIMEOUT_MS, loadedTooLate } from './trial-load.js'

export interface InlineExecutorOptions {
  readonly limits: RuntimeLimits
  readonly log: Log
  readonly clock?: Clock | undefined
  /** How long a trial load may take, in milliseconds; default 10,000. */
  readonly checkTimeoutMs?: number | undefined
}

interface ActiveRun {
  readonly answer: JobAnswer
  readonly run: Run
}

export function createInlineExecutor(options: InlineExecutorOptions): Executor {
  const { limits, log, clock = systemClock } = options
  const instances = createInlineInstances(limits)
  const active = new Set<ActiveRun>()
  let isClosed = false

  const alarm = createAlarm(clock, (now) => {
    for (const each of active)
      if (each.answer.job.deadline <= now) {
        abort(each, 'timed out')
        each.answer.fail(each.answer.overTime())
      }
    return active.size > 0 ? earliestDeadline(active) : undefined
  })
  const abort = (each: ActiveRun, reason: AbortReason) => {
    active.delete(each)
    each.run.abort(reason)
  }
  const start = (job: FunctionJob, settle: Settle) => {
    const instance = instances.instanceFor(job)
    const answer = new JobAnswer(job, { settle, log, onCancel: () => abort(each, 'cancelled') })
    instance.callCount += 1
    const events: RunEvents = {
      ...toMessages(answer),
      ask: (number, question, key) =>
        void answer.ask(question, key, (reply) => each.run.answer(number, reply)),
      ended(end) {
        instance.callCount -= 1
        active.delete(each)
        if (end !== undefined) answer.give(end)
      },
    }
    // A copy, as in a worker: what the code changes is its own.
    const request: RunRequest = JSON.parse(JSON.stringify(toRunRequest(job, instance.settings)))
    const each: ActiveRun = { answer, run: instance.host.start(request, events) }
    active.add(each)
    alarm.setFor(job.deadline)
  }
  return {
    kind: 'inline',
    run: (job) =>
      new Promise((resolve, reject) => {
        if (isClosed) throw shuttingDown()
        refuseEnded(job, clock)
        start(job, { resolve, reject })
      }),
    check: (bundle, methods) => checkInTime(bundle, methods, options),
    count: (endpointId) => instances.count(endpointId),
    retire: (endpointId, modules) => instances.retire(endpointId, modules),
    async close() {
      isClosed = true
      alarm.clear()
      for (const each of active) {
        abort(each, 'shut down')
        each.answer.fail(shuttingDown())
      }
    },
  }
}

function toMessages(answer: JobAnswer): CallMessages {
  return {
    progress: (progress) => answer.progress(progress),
    log: (level, entryJson, logger) => answer.log(level, entryJson, logger),
    resourceUpdated: (uri) => answer.resourceUpdated(uri),
    listChanged: (list) => answer.listChanged(list),
    closeStream: () => answer.closeStream(),
    dropped: () => answer.dropped(),
  }
}

/** Code that goes on loading afterwards is not heard, and cannot be ended; nor can a busy loop. */
async function checkInTime(
  bundle: OpenBundle,
  methods: readonly MethodName[],
  { limits, checkTimeoutMs = CHECK_TIMEOUT_MS }: InlineExecutorOptions,
): Promise<string[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string[]>((resolve) => {
    timer = setTimeout(() => resolve([loadedTooLate(checkTimeoutMs)]), checkTimeoutMs)
  })
  const problems = hostBundle(bundle, limits).problems(methods)
  return Promise.race([problems, late]).finally(() => clearTimeout(timer))
}

function earliestDeadline(active: ReadonlySet<ActiveRun>): number {
  return Math.min(...[...active].map(({ answer }) => answer.job.deadline))
}
