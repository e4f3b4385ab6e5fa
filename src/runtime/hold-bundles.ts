/** An executor whose bundles stay on disk while they run. */
import type { Bundles } from '../bundles/bundles.js'
import type { Executor } from './runtime.js'

export function holdBundles(executor: Executor, bundles: Pick<Bundles, 'hold'>): Executor {
  return {
    ...executor,
    async run(job) {
      const release = bundles.hold(job.bundle)
      try {
        return await executor.run(job)
      } finally {
        release()
      }
    },
    async check(bundle, methods) {
      const release = bundles.hold(bundle)
      try {
        return await executor.check(bundle, methods)
      } finally {
        release()
      }
    },
  }
}
