/** What Node is told when it starts the process of an instance. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { heapParts } from './heap-parts.js'

const [MAJOR = 0] = process.versions.node.split('.').map(Number)

/** Until Node 22 the permission model had the name of an experiment. */
const PERMISSION = MAJOR < 22 ? '--experimental-permission' : '--permission'

/** Node 25 is the first that denies the network with everything else. */
export const DENIES_NETWORK = MAJOR >= 25

export interface ProcessPlace {
  /** The compiled `function-host/process-entry.js`; beside its room lie those that it imports. */
  readonly entry: URL
  /** Of the unpacked bundle: the only one that its code can read, beside the gateway's own code. */
  readonly folder: string
  readonly maxHeapMb: number
  /** Sockets of its own; before Node 25 they cannot be denied. */
  readonly hasNetwork: boolean
}

/**
 * Nothing is allowed but reading: no writing, no child processes, no threads, no native add-ons.
 * Intrinsics are frozen, so that no call finds what another one has changed in them.
 */
export function toProcessFlags({ entry, folder, maxHeapMb, hasNetwork }: ProcessPlace): string[] {
  const host = dirname(fileURLToPath(entry))
  const built = dirname(host)
  const readable = [
    `${host}/*`,
    `${built}/domain/*`,
    `${built}/bundles/module-file.js`,
    // Node 20 dies of a path beside the wildcard of what is in it.
    `${folder}/*`,
  ]
  const { youngMb, oldMb } = heapParts(maxHeapMb)
  return [
    PERMISSION,
    ...readable.map((path) => `--allow-fs-read=${path}`),
    `--max-semi-space-size=${youngMb}`,
    `--max-old-space-size=${oldMb}`,
    ...(hasNetwork && DENIES_NETWORK ? ['--allow-net'] : []),
    '--frozen-intrinsics',
    '--no-warnings',
  ]
}
