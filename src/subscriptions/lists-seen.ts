/** What the lists of an endpoint show, as little as it takes to see that one has changed. */
import { createHash } from 'node:crypto'
import type { Snapshot } from '../catalog/catalog.js'
import type { McpType } from '../domain/capability.js'
import type { ListKind } from '../domain/notice.js'

export interface ListsSeen {
  /** Of the snapshot. */
  readonly version: string
  readonly digests: Readonly<Record<ListKind, string>>
}

const SHOWN: Record<ListKind, readonly McpType[]> = {
  tools: ['tool'],
  prompts: ['prompt'],
  resources: ['resource', 'resource_template'],
}

/** @param before returned as it is when its version is still the right one */
export function toListsSeen(snapshot: Snapshot, before: ListsSeen | undefined): ListsSeen {
  const { version } = snapshot
  if (before?.version === version) return before
  const digest = (list: ListKind) => {
    const shown = SHOWN[list].map((type) => snapshot.list(type).map(({ data }) => data))
    return createHash('sha256').update(JSON.stringify(shown)).digest('base64')
  }
  const digests = {
    tools: digest('tools'),
    prompts: digest('prompts'),
    resources: digest('resources'),
  }
  return { version, digests }
}
