/** Everything that is wrong with a bundle's ZIP at once; nothing is published and no store is needed. */
import type { ArchiveLimits } from '../bundles/bundles.js'
import type { Executor } from '../runtime/runtime.js'

export interface Inspection {
  /** Undefined when the manifest does not tell it. */
  readonly packageName: string | undefined
  readonly sha256: string
  /** One sentence each, in the manifest with its path; empty when it can be published. */
  readonly problems: readonly string[]
  /** What works but may surprise, and what has to be given when it is published. */
  readonly warnings: readonly string[]
}

/** @param variables what would fill `${VAR}` in its settings */
export type Inspect = (
  zip: Buffer,
  variables: Readonly<Record<string, string>>,
) => Promise<Inspection>

export interface InspectionOptions {
  readonly executor: Pick<Executor, 'check'>
  readonly limits: ArchiveLimits
}

export function createInspection(options: InspectionOptions): Inspect {
  return async (zip, variables) => {
    // ZIP and schema libraries are imported when needed: a gateway starts without them.
    const { inspectBundle } = await import('./inspect-bundle.js')
    return inspectBundle(options, zip, variables)
  }
}
