/** What the lists of an endpoint show, as little as it takes to see that one has changed. */
import { createHash } from 'node:crypto'
import type { CatalogFunction, Snapshot } from '../catalog/catalog.js'
import type { McpType } from '../domain/capability.js'
import type { ListKind } from '../domain/notice.js'

export type ListDigests = Readonly<Record<ListKind, string>>

export interface ListsSeen {
  /** Of the snapshot. */
  readonly version: string
  readonly digests: ListDigests
}

const SHOWN: Record<ListKind, readonly McpType[]> = {
  tools: ['tool'],
  prompts: ['prompt'],
  resources: ['resource', 'resource_template'],
}

/**
 * Who sees what is part of it: the list of somebody has changed then.
 *
 * @param before returned as it is when its version is still the right one
 */
export function toListsSeen(snapshot: Snapshot, before: ListsSeen | undefined): ListsSeen {
  const { version } = snapshot
  if (before?.version === version) return before
  const digests = toDigests(snapshot, ({ data, access }) => (access ? [data, access] : data))
  return { version, digests }
}

const remembered = new WeakMap<Snapshot, ListDigests>()

/** What one who sees this is shown; worked out once, however many ask. */
export function toShown(snapshot: Snapshot): ListDigests {
  const known = remembered.get(snapshot)
  if (known !== undefined) return known
  const digests = toDigests(snapshot, ({ data }) => data)
  remembered.set(snapshot, digests)
  return digests
}

function toDigests(snapshot: Snapshot, show: (fn: CatalogFunction) => unknown): ListDigests {
  const digest = (list: ListKind) => {
    const shown = SHOWN[list].map((type) => snapshot.list(type).map(show))
    return createHash('sha256').update(JSON.stringify(shown)).digest('base64')
  }
  return { tools: digest('tools'), prompts: digest('prompts'), resources: digest('resources') }
}
