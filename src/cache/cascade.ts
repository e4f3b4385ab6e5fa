/** What is forgotten with what: the one table. */
import { CACHE_KINDS, type CacheKind } from '../domain/cache-kind.js'

/** What is made from each, directly. */
export const MADE_FROM: Readonly<Record<CacheKind, readonly CacheKind[]>> = {
  /** A class receives one. */
  setting: ['module'],
  /** A class has methods, and what is declared of them. */
  module: ['function'],
  /** An instance has loaded its module, and constructed its class; a snapshot has compiled it. */
  function: ['worker', 'snapshot'],
  /** An instance runs the code that lies on disk; a snapshot names its version. */
  bundle: ['worker', 'snapshot'],
  worker: [],
  /** What each class of callers sees of it, in pages. */
  snapshot: ['list'],
  /** A cursor names the item that was shown last: an instance keeps no page, and a list goes with its snapshot. */
  list: [],
}

/** What falls with a kind, itself too: nothing is made again from what is about to go. */
export function fallsWith(scope: CacheKind): readonly CacheKind[] {
  const falling = new Set([scope])
  // What is added meanwhile is visited too.
  for (const kind of falling) for (const made of MADE_FROM[kind]) falling.add(made)
  return CACHE_KINDS.filter((kind) => falling.has(kind))
}
