/** Who gets a place next, and who gives one up: nobody waits behind a crowd. */
import type { Instance } from './instance.js'
import type { FunctionJob } from './runtime.js'

/** A call that waits, and the key of the instance that it needs. */
export type Waiter = readonly [key: string, job: FunctionJob]

/** Whoever has the fewest instances comes first, so that nobody waits behind a crowd. */
export function inFairOrder(waiters: readonly Waiter[], living: ReadonlySet<Instance>): Waiter[] {
  return [...waiters].sort(([, a], [, b]) => countOf(a, living) - countOf(b, living))
}

function countOf({ bundle }: FunctionJob, living: ReadonlySet<Instance>): number {
  const { endpointId } = bundle.ref
  return [...living].filter((instance) => instance.endpointId === endpointId).length
}

/**
 * A tenant that has no instance at all waits for nobody's goodwill: an instance of the tenant with
 * the most takes no new calls and leaves after those that it runs. One for each that waits.
 */
export function askForRoom(homeless: readonly Waiter[], living: ReadonlySet<Instance>): void {
  const strangers = homeless.filter(([, job]) => countOf(job, living) === 0)
  const leaving = [...living].filter((instance) => instance.state === 'retired').length
  const candidates = [...living]
    .filter((instance) => instance.state === 'serving')
    .map((instance) => ({ instance, crowd: crowdOf(instance, living) }))
    .sort((a, b) => b.crowd - a.crowd || a.instance.startedAt - b.instance.startedAt)
  for (const { instance } of candidates.slice(0, Math.max(strangers.length - leaving, 0)))
    instance.leave()
}

function crowdOf({ endpointId }: Instance, living: ReadonlySet<Instance>): number {
  return [...living].filter((instance) => instance.endpointId === endpointId).length
}
