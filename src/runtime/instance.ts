/** One warm instance: the calls that run in it, their deadlines, and its end. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { AbortReason } from '../function-host/function-host.js'
import type {
  InstancePlace,
  RuntimeMessage,
  StartedInstance,
  StartInstance,
} from '../instances/instances.js'
import type { Log } from '../telemetry/telemetry.js'
import { createAlarm } from './alarm.js'
import { type AskMessage, deliver, isEnd } from './call-messages.js'
import { type ChargedCall, CpuCharges } from './cpu-charges.js'
import { JobAnswer, toRunRequest, type Settle } from './job-answer.js'
import type { FunctionJob, RuntimeLimits } from './runtime.js'
import { createSettingChanges } from './setting-changes.js'

export interface InstanceOptions {
  readonly start: StartInstance
  readonly limits: RuntimeLimits
  readonly clock: Clock
  readonly log: Log
}

/** Who keeps instances is told when one must not get new calls. */
export interface InstanceOwner {
  /** A call has ended: there is room for another. */
  freed(instance: Instance): void
  /** It may be stuck: no new calls until it is readmitted. */
  withdraw(instance: Instance): void
  /** It is alive. True when it may have new calls, false when another has its place. */
  readmit(instance: Instance): boolean
  /** @param gone settles when its thread or process is */
  ended(instance: Instance, gone: Promise<void>): void
}

/**
 * `suspect`: a call is over a limit and the instance has not yet shown that it is alive.
 * `retired`: alive, but a call does not end; gets no new calls and is stopped after its last one.
 */
type InstanceState = 'serving' | 'suspect' | 'retired' | 'ended'

/** From the abort of a call that is over a limit to the end of its instance. */
const GRACE_MS = 500

interface ActiveCall extends ChargedCall {
  readonly answer: JobAnswer
  openQuestions: number
  /** Set when it is over a limit. */
  overdue?: Overdue
}

interface Overdue {
  /** Until then the run may end by itself. Infinity once that is over. */
  graceEndsAt: number
  /** What its caller is told, when it has not answered by then. */
  readonly error: GatewayError
}

/** Why a call is aborted: for its code, and for its caller. */
interface Cause {
  readonly reason: AbortReason
  readonly error: GatewayError
}

export class Instance {
  readonly key: string
  readonly endpointId: string
  /** In milliseconds since 1970. */
  readonly startedAt: number
  /** When the last call ended, in milliseconds since 1970. */
  idleSince: number
  readonly #calls = new Map<number, ActiveCall>()
  /** Names of those that calls were for. */
  readonly #modules = new Set<string>()
  readonly #settings = createSettingChanges()
  readonly #options: InstanceOptions
  readonly #owner: InstanceOwner
  readonly #place: StartedInstance
  readonly #alarm
  readonly #cpuCharges
  #state: InstanceState = 'serving'
  #retiredFor = 'a call in it did not end when it was aborted'
  #isLeaving = false
  #isPongDue = false
  #lastPing = 0
  #lastNumber = 0

  constructor(key: string, place: InstancePlace, options: InstanceOptions, owner: InstanceOwner) {
    this.key = key
    this.endpointId = place.bundle.ref.endpointId
    this.startedAt = options.clock.now()
    this.idleSince = this.startedAt
    this.#options = options
    this.#owner = owner
    this.#alarm = createAlarm(options.clock, (now) => this.#onAlarm(now))
    this.#place = options.start(place, {
      message: (message) => this.#onMessage(message),
      died: (reason) => void this.end(toStopped(reason)),
    })
    const { maxCpuMs } = options.limits
    this.#cpuCharges = new CpuCharges({ maxCpuMs, read: () => this.#place.cpu() })
  }

  get state(): InstanceState {
    return this.#state
  }

  get isIdle(): boolean {
    return this.#calls.size === 0
  }

  get hasRoom(): boolean {
    return this.#calls.size < this.#options.limits.maxConcurrentCalls
  }

  hasRun(modules: ReadonlySet<string>): boolean {
    return [...this.#modules].some((name) => modules.has(name))
  }

  run(job: FunctionJob, settle: Settle): void {
    const { log } = this.#options
    this.#modules.add(job.target.moduleName)
    const request = toRunRequest(job, this.#settings)
    const number = ++this.#lastNumber
    this.#place.send(['call', number, JSON.stringify(request)])
    const onCancel = () => this.#place.send(['abort', number, 'cancelled'])
    const answer = new JobAnswer(job, { settle, log, onCancel })
    this.#calls.set(number, { answer, openQuestions: 0 })
    this.#alarm.setFor(job.deadline)
  }

  /**
   * Charges the CPU time since the last look, and aborts a call that has used too much. Ends with the
   * instance when its code has used as much while no call ran: a later one would pay for it.
   */
  chargeCpu(now: number): void {
    if (this.#state === 'ended') return
    const { maxCpuMs } = this.#options.limits
    const number = this.#cpuCharges.look(this.#calls, this.#lastNumber)
    if (this.isIdle && this.#cpuCharges.idleMs > maxCpuMs)
      this.#stop('its code went on using the CPU when no call ran')
    const call = number === undefined ? undefined : this.#calls.get(number)
    if (number === undefined || call === undefined) return
    const error = call.answer.overCpu(maxCpuMs)
    this.#abort(number, call, now, { reason: 'over its CPU limit', error })
  }

  /** Takes no new calls, and ends after those that it runs. */
  leave(reason: string): void {
    this.#isLeaving = true
    if (this.#state !== 'serving') return
    this.#state = 'retired'
    this.#retiredFor = reason
    this.#owner.withdraw(this)
    this.#endWhenUseless()
  }

  /** Ends its thread or process; calls that still run fail with this error. Settles when it is gone. */
  async end(error: GatewayError): Promise<void> {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#alarm.clear()
    const gone = this.#place.stop()
    this.#owner.ended(this, gone)
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) {
      answerOverdue(call)
      call.answer.fail(error)
    }
    await gone
  }

  #onMessage(message: RuntimeMessage): void {
    if (message[0] === 'problems') return
    if (message[0] === 'pong') {
      this.#onPong(message[1])
      return
    }
    const call = this.#calls.get(message[1])
    if (!call) return
    if (message[0] === 'ask') {
      this.#ask(call, message)
      return
    }
    if (!isEnd(message)) {
      deliver(call.answer, message)
      return
    }
    answerOverdue(call)
    deliver(call.answer, message)
    // It has read the abort, so it has shown that it is alive.
    if (message[0] === 'ended' && call.overdue !== undefined) this.#isPongDue = false
    this.#calls.delete(message[1])
    this.idleSince = this.#options.clock.now()
    if (this.#state === 'serving') this.#owner.freed(this)
    else this.#recover()
  }

  #ask(call: ActiveCall, [, number, questionNumber, question, key]: AskMessage): void {
    call.openQuestions += 1
    const asked = call.answer.ask(question, key, (reply) => {
      if (this.#state !== 'ended') this.#place.send(['answer', number, questionNumber, reply])
    })
    void asked.finally(() => {
      call.openQuestions -= 1
    })
  }

  /** Aborts what is due, judges what did not end in its grace, and says when to look again. */
  #onAlarm(now: number): number | undefined {
    for (const [number, call] of this.#calls)
      if (call.overdue === undefined && call.answer.job.deadline <= now)
        this.#abort(number, call, now, { reason: 'timed out', error: call.answer.overTime() })
    const outOfGrace = [...this.#calls.values()].flatMap(({ overdue }) =>
      overdue !== undefined && overdue.graceEndsAt <= now ? [overdue] : [],
    )
    for (const overdue of outOfGrace) overdue.graceEndsAt = Infinity
    if (outOfGrace.length > 0) this.#judge()
    if (this.#state === 'ended') return undefined
    return Math.min(...[...this.#calls.values()].map(toNextLook))
  }

  #abort(number: number, call: ActiveCall, now: number, { reason, error }: Cause): void {
    const graceEndsAt = now + GRACE_MS
    call.overdue = { graceEndsAt, error }
    this.#alarm.setFor(graceEndsAt)
    this.#place.send(['abort', number, reason])
    if (!this.#isPongDue) this.#place.send(['ping', ++this.#lastPing])
    this.#isPongDue = true
    if (this.#state !== 'serving') return
    this.#state = 'suspect'
    this.#owner.withdraw(this)
  }

  /** Only now the overdue calls are answered: whoever calls next finds the instance sorted out. */
  #onPong(ping: number): void {
    if (ping !== this.#lastPing) return
    this.#isPongDue = false
    for (const call of this.#calls.values()) answerOverdue(call)
    this.#recover()
  }

  /** The grace is over and a call has not ended. */
  #judge(): void {
    if (this.#isPongDue) {
      this.#stop('a call in it was over its limit and did not let go')
      return
    }
    this.#state = 'retired'
    this.#endWhenUseless()
  }

  #recover(): void {
    if (this.#state === 'retired') this.#endWhenUseless()
    if (this.#state !== 'suspect' || this.#isPongDue || this.#hasOverdueCall()) return
    this.#state = !this.#isLeaving && this.#owner.readmit(this) ? 'serving' : 'retired'
    if (this.#state === 'retired') this.#endWhenUseless()
  }

  #hasOverdueCall(): boolean {
    return [...this.#calls.values()].some((call) => call.overdue !== undefined)
  }

  #endWhenUseless(): void {
    const isAwaited = [...this.#calls.values()].some((call) => !call.answer.isGiven)
    if (!isAwaited) this.#stop(this.#retiredFor)
  }

  #stop(reason: string): void {
    this.#options.log.warn({ instance: this.key, reason }, 'an instance was stopped')
    void this.end(toStopped(reason))
  }
}

function answerOverdue({ answer, overdue }: ActiveCall): void {
  if (overdue !== undefined) answer.fail(overdue.error)
}

function toNextLook({ answer, overdue }: ActiveCall): number {
  return overdue?.graceEndsAt ?? answer.job.deadline
}

function toStopped(reason: string): GatewayError {
  return new GatewayError('FUNCTION_FAILED', `The function's instance was stopped: ${reason}`)
}
