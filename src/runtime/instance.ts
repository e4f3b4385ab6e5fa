/** One warm instance: the calls that run in it, their deadlines, and its end. */
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { CallMessage, InstanceMessage } from '../function-host/function-host.js'
import { createAlarm } from './alarm.js'
import { JobAnswer, toRunRequest, type Settle } from './job-answer.js'
import type { FunctionJob, RuntimeLimits } from './runtime.js'
import type { Log } from '../telemetry/telemetry.js'
import { createSettingChanges } from './setting-changes.js'
import type { InstancePlace, StartedInstance, StartInstance } from './start-instance.js'

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
  /** @param gone settles when the thread is */
  ended(instance: Instance, gone: Promise<void>): void
}

/**
 * `suspect`: a call is over its deadline and the worker has not yet shown that it is alive.
 * `retired`: alive, but a call does not end; gets no new calls and is stopped after its last one.
 */
type InstanceState = 'serving' | 'suspect' | 'retired' | 'ended'

/** From the abort of a call at its deadline to the end of its instance. */
const GRACE_MS = 500

interface ActiveCall {
  readonly answer: JobAnswer
  /** Set at the deadline: until then the run may end by itself. Infinity once that is over. */
  graceEndsAt?: number
}

export class Instance {
  readonly key: string
  readonly endpointId: string
  /** In milliseconds since 1970. */
  readonly startedAt: number
  /** When the last call ended, in milliseconds since 1970. */
  idleSince: number
  readonly #calls = new Map<number, ActiveCall>()
  readonly #settings = createSettingChanges()
  readonly #options: InstanceOptions
  readonly #owner: InstanceOwner
  readonly #place: StartedInstance
  readonly #alarm
  #state: InstanceState = 'serving'
  #retiredFor = 'a call in it did not end at its deadline'
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

  run(job: FunctionJob, settle: Settle): void {
    const { log } = this.#options
    const request = toRunRequest(job, this.#settings)
    const number = ++this.#lastNumber
    this.#place.send(['call', number, JSON.stringify(request)])
    const onCancel = () => this.#place.send(['abort', number, 'cancelled'])
    this.#calls.set(number, { answer: new JobAnswer(job, { settle, log, onCancel }) })
    this.#alarm.setFor(job.deadline)
  }

  /** Takes no new calls, and ends after those that it runs: somebody else waits for its place. */
  leave(): void {
    if (this.#state !== 'serving') return
    this.#state = 'retired'
    this.#retiredFor = 'another endpoint waits for its place'
    this.#owner.withdraw(this)
    this.#endWhenUseless()
  }

  /** Stops the worker; calls that still run fail with this error. Settles when it is gone. */
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

  #onMessage(message: InstanceMessage): void {
    if (message[0] === 'problems' || message[0] === 'fetch') return
    if (message[0] === 'pong') {
      this.#onPong(message[1])
      return
    }
    const call = this.#calls.get(message[1])
    if (!call) return
    if (message[0] === 'ask') {
      this.#ask(call.answer, message)
      return
    }
    if (!END_MESSAGES.has(message[0])) {
      deliver(call.answer, message)
      return
    }
    answerOverdue(call)
    deliver(call.answer, message)
    // It has read the abort, so it has shown that it is alive.
    if (message[0] === 'ended' && call.graceEndsAt !== undefined) this.#isPongDue = false
    this.#calls.delete(message[1])
    this.idleSince = this.#options.clock.now()
    if (this.#state === 'serving') this.#owner.freed(this)
    else this.#recover()
  }

  #ask(answer: JobAnswer, [, number, questionNumber, question, key]: AskMessage): void {
    void answer.ask(question, key, (reply) => {
      if (this.#state !== 'ended') this.#place.send(['answer', number, questionNumber, reply])
    })
  }

  /** Aborts what is due, judges what did not end in its grace, and says when to look again. */
  #onAlarm(now: number): number | undefined {
    // When this thread was busy itself, answers that came in time are still unread.
    this.#place.drain()
    for (const [number, call] of this.#calls)
      if (call.graceEndsAt === undefined && call.answer.job.deadline <= now)
        this.#expire(number, call, now + GRACE_MS)
    const outOfGrace = [...this.#calls.values()].filter(
      ({ graceEndsAt = Infinity }) => graceEndsAt <= now,
    )
    for (const call of outOfGrace) call.graceEndsAt = Infinity
    if (outOfGrace.length > 0) this.#judge()
    if (this.#state === 'ended') return undefined
    return Math.min(...[...this.#calls.values()].map(toNextLook))
  }

  #expire(number: number, call: ActiveCall, graceEndsAt: number): void {
    call.graceEndsAt = graceEndsAt
    this.#place.send(['abort', number, 'timed out'])
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
      this.#stop('it was blocked past the deadline of a call')
      return
    }
    this.#state = 'retired'
    this.#endWhenUseless()
  }

  #recover(): void {
    if (this.#state === 'retired') this.#endWhenUseless()
    if (this.#state !== 'suspect' || this.#isPongDue || this.#hasOverdueCall()) return
    this.#state = this.#owner.readmit(this) ? 'serving' : 'retired'
    if (this.#state === 'retired') this.#endWhenUseless()
  }

  #hasOverdueCall(): boolean {
    return [...this.#calls.values()].some((call) => call.graceEndsAt !== undefined)
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

function answerOverdue({ answer, graceEndsAt }: ActiveCall): void {
  if (graceEndsAt !== undefined) answer.timeOut()
}

/** After one of these nothing more is said of a call. */
const END_MESSAGES: ReadonlySet<InstanceMessage[0]> = new Set([
  'result',
  'round',
  'failure',
  'ended',
])

type AskMessage = Extract<CallMessage, readonly ['ask', ...unknown[]]>

function deliver(answer: JobAnswer, message: Exclude<CallMessage, AskMessage>): void {
  switch (message[0]) {
    case 'result':
    case 'round':
    case 'failure':
      answer.give(message[2])
      break
    case 'progress':
      answer.progress(message[2])
      break
    case 'log':
      answer.log(message[2], message[3], message[4])
      break
    case 'resourceUpdated':
      answer.resourceUpdated(message[2])
      break
    case 'listChanged':
      answer.listChanged(message[2])
      break
    case 'closeStream':
      answer.closeStream()
      break
    case 'dropped':
      answer.dropped()
      break
    case 'ended':
      break
  }
}

function toNextLook({ answer, graceEndsAt }: ActiveCall): number {
  return graceEndsAt ?? answer.job.deadline
}

function toStopped(reason: string): GatewayError {
  return new GatewayError('FUNCTION_FAILED', `The function's instance was stopped: ${reason}`)
}
