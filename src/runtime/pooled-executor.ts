/** Runs functions in warm instances, one per tenant and bundle version, wherever they start. */
import { type Clock, systemClock } from '../domain/clock.js'
import type { Log } from '../telemetry/telemetry.js'
import { InstancePool } from './instance-pool.js'
import { refuseEnded, shuttingDown } from './job-answer.js'
import type { Executor, ExecutorKind, RuntimeLimits } from './runtime.js'
import type { StartInstance } from '../instances/instances.js'
import { CHECK_TIMEOUT_MS, createTrialLoads } from './trial-load.js'

export interface PooledExecutorOptions {
  readonly kind: ExecutorKind
  readonly start: StartInstance
  readonly limits: RuntimeLimits
  readonly log: Log
  readonly clock?: Clock | undefined
  /** How long a trial load may take, in milliseconds; default 10,000. */
  readonly checkTimeoutMs?: number | undefined
}

export function createPooledExecutor(options: PooledExecutorOptions): Executor {
  const { kind, start, clock = systemClock, checkTimeoutMs = CHECK_TIMEOUT_MS } = options
  const pool = new InstancePool({ ...options, clock })
  const trialLoads = createTrialLoads(start, checkTimeoutMs)
  let isClosed = false
  const refuseClosed = () => {
    if (isClosed) throw shuttingDown()
  }
  return {
    kind,
    run: (job) =>
      new Promise((resolve, reject) => {
        refuseClosed()
        refuseEnded(job, clock)
        pool.run(job, { resolve, reject })
      }),
    async check(bundle, methods) {
      refuseClosed()
      return trialLoads.run(bundle, methods)
    },
    count: (endpointId) => pool.count(endpointId),
    retire: (endpointId, modules) => pool.retire(endpointId, modules),
    async close() {
      isClosed = true
      await Promise.all([pool.close(), trialLoads.close()])
    },
  }
}
