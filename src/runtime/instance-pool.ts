/**
 * The instances that live, by tenant and bundle version, and as many as the limits allow. A call
 * without a place waits; a tenant that floods waits for itself.
 */
import type { Log } from '../telemetry/telemetry.js'
import { createAlarm } from './alarm.js'
import { askForRoom, inFairOrder } from './fair-places.js'
import { Instance, type InstanceOptions, type InstanceOwner } from './instance.js'
import { networkOf, type Settle, shuttingDown, toInstanceKey } from './job-answer.js'
import type { FunctionJob } from './runtime.js'
import { createWaitingCalls, type WaitingCalls } from './waiting-calls.js'

/** Between two looks at what instances have used, in milliseconds. */
const CPU_LOOK_MS = 100

export class InstancePool implements InstanceOwner {
  /** Those that get new calls. */
  readonly #serving = new Map<string, Instance>()
  readonly #living = new Set<Instance>()
  readonly #ending = new Set<Promise<void>>()
  readonly #waiting: WaitingCalls
  readonly #options: InstanceOptions
  readonly #idleAlarm
  #cpuTimer: NodeJS.Timeout | undefined
  #isServingSoon = false

  constructor(options: InstanceOptions) {
    const { clock, limits } = options
    this.#options = options
    this.#waiting = createWaitingCalls({ clock, maxWaiting: limits.maxWaitingCalls })
    this.#idleAlarm = createAlarm(clock, (now) => this.#endIdleOnes(now))
  }

  /** @throws GatewayError `BUSY` when too many calls of this tenant wait already */
  run(job: FunctionJob, settle: Settle): void {
    const key = toInstanceKey(job)
    const instance = this.#waiting.has(key) ? undefined : this.#placeFor(key, job)
    if (instance?.hasRoom) {
      instance.run(job, settle)
      return
    }
    this.#waiting.add(key, { job, settle })
    this.#serveSoon()
  }

  count(endpointId: string): number {
    return this.#livingOf(endpointId).length
  }

  retire(endpointId: string, modules: ReadonlySet<string> | undefined): number {
    const leaving = this.#livingOf(endpointId).filter(
      (instance) =>
        instance.state !== 'retired' && (modules === undefined || instance.hasRun(modules)),
    )
    for (const instance of leaving) instance.leave('what it has loaded was to be forgotten')
    return leaving.length
  }

  async close(): Promise<void> {
    this.#idleAlarm.clear()
    this.#waiting.close(shuttingDown())
    for (const instance of this.#living) void instance.end(shuttingDown())
    await Promise.all(this.#ending)
  }

  freed(): void {
    this.#serveSoon()
  }

  withdraw(instance: Instance): void {
    if (this.#serving.get(instance.key) === instance) this.#serving.delete(instance.key)
    this.#serveSoon()
  }

  readmit(instance: Instance): boolean {
    const isFull = countSettled(this.#living) >= this.#options.limits.maxInstances
    if (isFull || this.#serving.has(instance.key)) return false
    this.#serving.set(instance.key, instance)
    this.#serveSoon()
    return true
  }

  ended(instance: Instance, gone: Promise<void>): void {
    this.withdraw(instance)
    this.#living.delete(instance)
    if (this.#living.size === 0) this.#stopCpuTimer()
    this.#ending.add(gone)
    void gone.finally(() => this.#ending.delete(gone))
  }

  /** After the code that made room: an instance may be in the middle of ending its calls. */
  #serveSoon(): void {
    if (this.#isServingSoon || this.#waiting.isEmpty()) return
    this.#isServingSoon = true
    queueMicrotask(() => {
      this.#isServingSoon = false
      this.#serveWaiting()
    })
  }

  #serveWaiting(): void {
    for (const [key, job] of inFairOrder(this.#waiting.firsts(), this.#living)) {
      const instance = this.#placeFor(key, job)
      if (instance !== undefined) this.#fill(instance)
    }
    const homeless = this.#waiting.firsts().filter(([key]) => !this.#serving.has(key))
    askForRoom(homeless, this.#living)
  }

  #fill(instance: Instance): void {
    for (;;) {
      const next = instance.hasRoom ? this.#waiting.take(instance.key) : undefined
      if (next === undefined) return
      instance.run(next.job, next.settle)
    }
  }

  #placeFor(key: string, job: FunctionJob): Instance | undefined {
    const serving = this.#serving.get(key)
    if (serving !== undefined) return serving
    return this.#makeRoom(job.bundle.ref.endpointId) ? this.#start(key, job) : undefined
  }

  #start(key: string, { bundle, target }: FunctionJob): Instance {
    const { clock, limits, log } = this.#options
    const place = { bundle, network: networkOf(target) }
    const instance = new Instance(key, place, this.#options, this)
    this.#serving.set(key, instance)
    this.#living.add(instance)
    this.#idleAlarm.setFor(clock.now() + limits.idleMs)
    // After what has arrived was read: a call that has ended or asks somebody pays nothing more.
    this.#cpuTimer ??= setInterval(() => setImmediate(() => this.#chargeCpu()), CPU_LOOK_MS).unref()
    log.debug({ bundle: bundle.ref, instances: this.#living.size }, 'an instance was started')
    return instance
  }

  #stopCpuTimer(): void {
    clearInterval(this.#cpuTimer)
    this.#cpuTimer = undefined
  }

  #chargeCpu(): void {
    const now = this.#options.clock.now()
    for (const instance of this.#living) instance.chargeCpu(now)
  }

  /** @returns false when nothing that lives can be ended at once */
  #makeRoom(endpointId: string): boolean {
    const { limits, log } = this.#options
    const own = this.#livingOf(endpointId)
    const isOwnFull = countSettled(own) >= limits.maxInstancesPerTenant
    if (!isOwnFull && countSettled(this.#living) < limits.maxInstances) return true
    const idle = findLongestIdle(isOwnFull ? own : this.#serving.values())
    if (idle === undefined) return false
    endIdle(idle, log)
    return true
  }

  #livingOf(endpointId: string): Instance[] {
    return [...this.#living].filter((instance) => instance.endpointId === endpointId)
  }

  #endIdleOnes(now: number): number | undefined {
    const { limits, log } = this.#options
    const serving = this.#serving
    for (const instance of serving.values())
      if (instance.isIdle && now - instance.idleSince >= limits.idleMs) endIdle(instance, log)
    if (serving.size === 0) return undefined
    const idleSince = [...serving.values()].map((each) => (each.isIdle ? each.idleSince : now))
    return Math.min(...idleSince) + limits.idleMs
  }
}

/** A suspect may be stuck and is gone or proven within its grace: its replacement need not wait. */
function countSettled(instances: Iterable<Instance>): number {
  return [...instances].filter((instance) => instance.state !== 'suspect').length
}

function findLongestIdle(instances: Iterable<Instance>): Instance | undefined {
  const idle = [...instances].filter((instance) => instance.isIdle)
  return idle.sort((a, b) => a.idleSince - b.idleSince)[0]
}

function endIdle(instance: Instance, log: Log): void {
  log.debug({ instance: instance.key }, 'an idle instance was ended')
  // No call ever sees this error: there is none.
  void instance.end(shuttingDown())
}
