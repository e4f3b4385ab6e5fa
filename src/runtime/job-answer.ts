/** The answer of one job: given once, by whoever comes first: its run, its caller, its deadline. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { FunctionTarget } from '../domain/capability.js'
import { isJsonObject } from '../domain/json.js'
import type { LogLevel } from '../domain/log-level.js'
import type { NetworkAccess } from '../domain/network.js'
import type { ListKind } from '../domain/notice.js'
import {
  FunctionError,
  type CallMessages,
  type Progress,
  type Question,
  type QuestionsRequest,
  type Reply,
  type RunEnd,
  type RunFailure,
  type RunRequest,
} from '../function-host/function-host.js'
import type { Log } from '../telemetry/telemetry.js'
import type { FunctionJob, Questions, RunOutcome } from './runtime.js'
import type { SettingChanges } from './setting-changes.js'

/** The two ends of the promise that the executor's caller holds. */
export interface Settle {
  resolve(outcome: RunOutcome): void
  reject(error: unknown): void
}

export interface JobAnswerOptions {
  readonly settle: Settle
  readonly log: Log
  /** The caller has cancelled; it has its answer already. */
  onCancel(): void
}

export class JobAnswer implements CallMessages {
  readonly job: FunctionJob
  readonly #options: JobAnswerOptions
  #isGiven = false

  constructor(job: FunctionJob, options: JobAnswerOptions) {
    this.job = job
    this.#options = options
    job.signal.addEventListener('abort', this)
  }

  get isGiven(): boolean {
    return this.#isGiven
  }

  /**
   * What the run said, unless the answer has been given.
   *
   * @throws SyntaxError for what is no JSON object: then nothing was given
   */
  give(end: RunEnd): void {
    if (this.#isGiven) return
    const { settle } = this.#options
    if (typeof end === 'string') {
      const result = parseObject(end)
      if (this.#close()) settle.resolve({ kind: 'completed', result })
    } else if ('roundJson' in end) {
      const round = JSON.parse(end.roundJson)
      if (this.#close()) settle.resolve({ ...round, kind: 'input_required' })
    } else if (this.#close()) settle.reject(this.#toError(end))
  }

  /** @param reply is called once, and not after the answer was given */
  async ask(question: Question, key: string, reply: (reply: Reply) => void): Promise<void> {
    const { questions } = this.job
    if (this.#isGiven || questions?.mode !== 'requests') return
    const answered = await questions.ask(question, key).then(
      (answer): Reply => ({ answerJson: JSON.stringify(answer) }),
      (error: unknown): Reply => ({ refusal: this.#toRefusal(error) }),
    )
    if (!this.#isGiven) reply(answered)
  }

  fail(error: GatewayError): void {
    if (this.#close()) this.#options.settle.reject(error)
  }

  overTime(): GatewayError {
    return new GatewayError('CALL_TIMED_OUT', `${nameOf(this.job)} did not answer in its time`)
  }

  overCpu(maxCpuMs: number): GatewayError {
    return new GatewayError(
      'CPU_EXCEEDED',
      `${nameOf(this.job)} used more than ${maxCpuMs} ms of CPU time (maxCpuMs)`,
    )
  }

  progress(progress: Progress): void {
    if (!this.#isGiven) this.job.onProgress(progress)
  }

  log(level: LogLevel, entryJson: string, logger: string | undefined): void {
    if (!this.#isGiven) this.job.onLog({ level, data: JSON.parse(entryJson), logger })
  }

  resourceUpdated(uri: string): void {
    if (!this.#isGiven) this.job.onResourceUpdated(uri)
  }

  listChanged(list: ListKind): void {
    if (!this.#isGiven) this.job.onListChanged(list)
  }

  closeStream(): void {
    if (!this.#isGiven) this.job.onCloseStream()
  }

  dropped(): void {
    const { callId, target } = this.job
    const fields = { callId, bundle: target.bundle, functionName: nameOf(this.job) }
    this.#options.log.warn(
      fields,
      'a call sends too many messages (progress, logs, changes): some were dropped',
    )
  }

  /** The caller's signal was aborted; called by the signal itself. */
  handleEvent(): void {
    this.fail(cancelled(this.job))
    this.#options.onCancel()
  }

  #close(): boolean {
    if (this.#isGiven) return false
    this.#isGiven = true
    this.job.signal.removeEventListener('abort', this)
    return true
  }

  #toRefusal(error: unknown): string {
    if (error instanceof GatewayError) return error.message
    const { callId } = this.job
    this.#options.log.error({ callId, err: error }, 'a question to the client failed')
    return 'the client could not be asked'
  }

  #toError({ code, message, errorData, stack }: RunFailure): Error {
    const { callId, target } = this.job
    if (stack !== undefined)
      this.#options.log.debug({ callId, bundle: target.bundle, stack }, 'a function threw')
    if (code === 'THROWN') return new FunctionError(message)
    return new GatewayError(code, message, errorData ? { data: errorData } : {})
  }
}

function parseObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  if (isJsonObject(value)) return value
  throw new SyntaxError('a result must be a JSON object')
}

/** @throws GatewayError when there is nothing left to run for */
export function refuseEnded(job: FunctionJob, clock: Clock): void {
  if (job.signal.aborted) throw cancelled(job)
  if (job.deadline > clock.now()) return
  throw expired(job)
}

export function expired(job: FunctionJob): GatewayError {
  return new GatewayError('CALL_TIMED_OUT', `${nameOf(job)} was not started: its deadline is over`)
}

export function toRunRequest(job: FunctionJob, settings: SettingChanges): RunRequest {
  const { target } = job
  return {
    endpointId: job.bundle.ref.endpointId,
    userId: job.userId,
    callId: job.callId,
    deadline: job.deadline,
    trace: job.trace,
    moduleName: target.moduleName,
    className: target.className,
    functionName: target.functionName,
    setting: settings.take(target),
    mcpType: job.mcpType,
    mimeType: job.mimeType,
    input: job.input,
    questions: toQuestionsRequest(job.questions),
  }
}

function toQuestionsRequest(questions: Questions | undefined): QuestionsRequest | undefined {
  if (questions?.mode !== 'requests') return questions
  const { mode, answers, state } = questions
  return { mode, answers, state }
}

/** The key of an instance: tenants and versions never share one. */
export function toInstanceKey({ bundle, target }: FunctionJob): string {
  const { endpointId, packageName, sha256 } = bundle.ref
  const wanted = target.bundle
  if (wanted.endpointId !== endpointId || wanted.sha256 !== sha256)
    throw new Error(`the open bundle ${endpointId}/${sha256} is not the target's`)
  return `${endpointId}/${packageName}/${sha256}/${networkOf(target)}`
}

export function networkOf({ network = 'brokered' }: FunctionTarget): NetworkAccess {
  return network
}

export function shuttingDown(): GatewayError {
  return new GatewayError('SHUTTING_DOWN', 'The gateway is shutting down; try again')
}

export function instanceBusy(job: FunctionJob, maxConcurrentCalls: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `"${job.bundle.ref.packageName}" already runs ${maxConcurrentCalls} calls, as many as one instance may (maxConcurrentCalls); try again`,
  )
}

export function noRoom(maxInstances: number): GatewayError {
  return new GatewayError(
    'BUSY',
    `All ${maxInstances} instances (maxInstances) are busy with calls; try again`,
  )
}

export function cancelled(job: FunctionJob): GatewayError {
  return new GatewayError('CALL_CANCELLED', `${nameOf(job)} was cancelled by its caller`)
}

function nameOf({ target }: FunctionJob): string {
  return `${target.className}.${target.functionName}`
}
