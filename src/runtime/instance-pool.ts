/** The instances that live, by tenant and bundle version, and as many as the limits allow. */
import type { Log } from '../telemetry/telemetry.js'
import { createAlarm } from './alarm.js'
import { noRoom, shuttingDown, toInstanceKey } from './job-answer.js'
import type { FunctionJob } from './runtime.js'
import { WorkerInstance, type InstanceOptions, type InstanceOwner } from './worker-instance.js'

export interface InstancePool {
  /** @throws GatewayError `BUSY` when there is no room for another instance */
  instanceFor(job: FunctionJob): WorkerInstance
  close(): Promise<void>
}

export function createInstancePool(options: InstanceOptions): InstancePool {
  const { clock, limits, log } = options
  /** Those that get new calls. */
  const serving = new Map<string, WorkerInstance>()
  const living = new Set<WorkerInstance>()
  const ending = new Set<Promise<void>>()

  const owner: InstanceOwner = {
    withdraw(instance) {
      if (serving.get(instance.key) === instance) serving.delete(instance.key)
    },
    readmit(instance) {
      if (serving.has(instance.key) || countSettled(living) >= limits.maxInstances) return false
      serving.set(instance.key, instance)
      return true
    },
    ended(instance, gone) {
      owner.withdraw(instance)
      living.delete(instance)
      ending.add(gone)
      void gone.finally(() => ending.delete(gone))
    },
  }
  const idleAlarm = createAlarm(clock, (now) => {
    for (const instance of serving.values())
      if (instance.isIdle && now - instance.idleSince >= limits.idleMs) endIdle(instance, log)
    if (serving.size === 0) return undefined
    const idleSince = [...serving.values()].map((each) => (each.isIdle ? each.idleSince : now))
    return Math.min(...idleSince) + limits.idleMs
  })
  const makeRoom = () => {
    const longestIdle = findLongestIdle(serving.values())
    if (!longestIdle) throw noRoom(limits.maxInstances)
    endIdle(longestIdle, log)
  }
  const start = (key: string, { bundle }: FunctionJob): WorkerInstance => {
    if (countSettled(living) >= limits.maxInstances) makeRoom()
    const instance = new WorkerInstance(key, bundle, options, owner)
    serving.set(key, instance)
    living.add(instance)
    idleAlarm.setFor(clock.now() + limits.idleMs)
    log.debug({ bundle: bundle.ref, instances: living.size }, 'an instance was started')
    return instance
  }
  return {
    instanceFor(job) {
      const key = toInstanceKey(job)
      return serving.get(key) ?? start(key, job)
    },
    async close() {
      idleAlarm.clear()
      for (const instance of living) void instance.end(shuttingDown())
      await Promise.all(ending)
    },
  }
}

/** A suspect may be stuck and is gone or proven within its grace: its replacement need not wait. */
function countSettled(instances: ReadonlySet<WorkerInstance>): number {
  return [...instances].filter((instance) => instance.state !== 'suspect').length
}

function findLongestIdle(instances: Iterable<WorkerInstance>): WorkerInstance | undefined {
  const idle = [...instances].filter((instance) => instance.isIdle)
  return idle.sort((a, b) => a.idleSince - b.idleSince)[0]
}

function endIdle(instance: WorkerInstance, log: Log): void {
  log.debug({ instance: instance.key }, 'an idle instance was ended')
  // No call ever sees this error: there is none.
  void instance.end(shuttingDown())
}
