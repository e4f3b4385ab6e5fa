/** What each class of callers sees of a snapshot: made once, remembered with the snapshot. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import { decide, decideByRules } from './decision.js'

/** @returns the snapshot itself where everybody sees all of it */
export type ViewOf = (snapshot: Snapshot, caller: Caller) => Snapshot

interface Views {
  readonly ofClass: LRUCache<string, Snapshot>
  /** A caller who is remembered is told his class once. */
  readonly classOf: WeakMap<Caller, string>
}

/** Of one snapshot. */
const MAX_VIEWS = 64

export function createViews(): ViewOf {
  const all = new WeakMap<Snapshot, Views>()
  const viewsOf = (snapshot: Snapshot): Views => {
    const found = all.get(snapshot)
    if (found !== undefined) return found
    const views = {
      ofClass: new LRUCache<string, Snapshot>({ max: MAX_VIEWS }),
      classOf: new WeakMap<Caller, string>(),
    }
    all.set(snapshot, views)
    return views
  }
  return (snapshot, caller) => {
    if (snapshot.rules.length === 0 && caller.functions === undefined) return snapshot
    const { ofClass, classOf } = viewsOf(snapshot)
    const known = classOf.get(caller)
    const name = known ?? toClass(snapshot, caller)
    if (known === undefined) classOf.set(caller, name)
    const found = ofClass.get(name)
    if (found !== undefined) return found
    const view = snapshot.only((fn) => decide(caller, fn).isAllowed)
    ofClass.set(name, view)
    return view
  }
}

/** Those whom each set of rules treats alike, and who are limited to the same functions, are one. */
function toClass({ rules }: Snapshot, caller: Caller): string {
  const outcomes = rules.map((access) => decideByRules(caller, access).isAllowed)
  const text = JSON.stringify([outcomes, caller.functions])
  return createHash('sha256').update(text).digest('base64')
}
