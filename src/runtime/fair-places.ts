/** Who gets a place next, and who gives one up: nobody waits behind a crowd. */
import type { Instance } from './instance.js'
import type { FunctionJob } from './runtime.js'

/** A call that waits, and the key of the instance that it needs. */
export type Waiter = readonly [key: string, job: FunctionJob]

/** Whoever has the fewest instances comes first, so that nobody waits behind a crowd. */
export function inFairOrder(waiters: readonly Waiter[], living: ReadonlySet<Instance>): Waiter[] {
  const crowdOf = countCrowds(living)
  return [...waiters].sort(([, a], [, b]) => crowdOf(tenantOf(a)) - crowdOf(tenantOf(b)))
}

/**
 * A tenant that has no instance at all waits for nobody's goodwill: an instance of the tenant with
 * the most takes no new calls and leaves after those that it runs. One for each that waits.
 */
export function askForRoom(homeless: readonly Waiter[], living: ReadonlySet<Instance>): void {
  if (homeless.length === 0) return
  const crowdOf = countCrowds(living)
  const strangers = homeless.filter(([, job]) => crowdOf(tenantOf(job)) === 0)
  const leaving = [...living].filter((instance) => instance.state === 'retired').length
  const candidates = [...living]
    .filter((instance) => instance.state === 'serving')
    .map((instance) => ({ instance, crowd: crowdOf(instance.endpointId) }))
    .sort((a, b) => b.crowd - a.crowd || a.instance.startedAt - b.instance.startedAt)
  for (const { instance } of candidates.slice(0, Math.max(strangers.length - leaving, 0)))
    instance.leave('another endpoint waits for its place')
}

/** @returns how many instances a tenant has */
function countCrowds(living: ReadonlySet<Instance>): (endpointId: string) => number {
  const counts = new Map<string, number>()
  for (const { endpointId } of living) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1)
  return (endpointId) => counts.get(endpointId) ?? 0
}

function tenantOf({ bundle }: FunctionJob): string {
  return bundle.ref.endpointId
}
