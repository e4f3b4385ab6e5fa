/** The constructed classes that the inline executor keeps, by tenant and bundle version. */
import type { OpenBundle } from '../bundles/bundles.js'
import { createFunctionHost, type FunctionHost } from '../function-host/function-host.js'
import { instanceBusy, noRoom, toInstanceKey } from './job-answer.js'
import type { FunctionJob, RuntimeLimits } from './runtime.js'
import { createSettingChanges, type SettingChanges } from './setting-changes.js'

export interface InlineInstance {
  readonly endpointId: string
  /** Names of those that calls were for. */
  readonly modules: Set<string>
  readonly host: FunctionHost
  readonly settings: SettingChanges
  callCount: number
}

export interface InlineInstances {
  /** @throws GatewayError `BUSY` when it has its number of calls, or when there is no room for it */
  instanceFor(job: FunctionJob): InlineInstance
  /** @see Executor.count */
  count(endpointId: string): number
  /** Calls that run keep theirs. @see Executor.retire */
  retire(endpointId: string, modules: ReadonlySet<string> | undefined): number
}

export function createInlineInstances(limits: RuntimeLimits): InlineInstances {
  /** The one that was used longest ago comes first. */
  const instances = new Map<string, InlineInstance>()

  const makeRoom = () => {
    const longestIdle = [...instances].find(([, instance]) => instance.callCount === 0)
    if (!longestIdle) throw noRoom(limits.maxInstances)
    instances.delete(longestIdle[0])
  }
  const create = ({ bundle }: FunctionJob): InlineInstance => {
    if (instances.size >= limits.maxInstances) makeRoom()
    return {
      endpointId: bundle.ref.endpointId,
      modules: new Set(),
      host: hostBundle(bundle, limits),
      settings: createSettingChanges(),
      callCount: 0,
    }
  }
  const instancesOf = (endpointId: string) =>
    [...instances].filter(([, instance]) => instance.endpointId === endpointId)
  return {
    count: (endpointId) => instancesOf(endpointId).length,
    retire(endpointId, modules) {
      const leaving = instancesOf(endpointId).filter(
        ([, own]) => modules === undefined || [...own.modules].some((name) => modules.has(name)),
      )
      for (const [key] of leaving) instances.delete(key)
      return leaving.length
    },
    instanceFor(job) {
      const key = toInstanceKey(job)
      const instance = instances.get(key) ?? create(job)
      if (instance.callCount >= limits.maxConcurrentCalls)
        throw instanceBusy(job, limits.maxConcurrentCalls)
      instances.delete(key)
      instances.set(key, instance)
      instance.modules.add(job.target.moduleName)
      return instance
    },
  }
}

export function hostBundle(
  { ref, folder }: OpenBundle,
  { maxResultBytes }: RuntimeLimits,
): FunctionHost {
  return createFunctionHost({ folder, packageName: ref.packageName, maxResultBytes })
}
