/** What a run has drawn, and whether it could have shown anything. */
import type { Count } from './watch.js'

export type Counts = ReadonlyMap<string, Count>

/** Requests that were drawn, and how many of them were good. */
export interface Sum {
  readonly drawn: number
  readonly good: number
}

export function sumOf(counts: Counts, isMeant: (kind: string, relation: string) => boolean): Sum {
  const meant = [...counts].filter(([key]) => {
    const [kind = '', relation = ''] = key.split(' | ')
    return isMeant(kind, relation)
  })
  return {
    drawn: meant.reduce((sum, [, count]) => sum + count.drawn, 0),
    good: meant.reduce((sum, [, count]) => sum + count.good, 0),
  }
}

/** Kinds of which nobody's own request was ever good. */
export function neverGood(counts: Counts): readonly string[] {
  return kindsOf(counts).filter((kind) => {
    const isAstray = kind.endsWith(', astray')
    return (
      !isAstray && sumOf(counts, (of, relation) => of === kind && relation === 'own').good === 0
    )
  })
}

/** As many as tell something of how ids are refused that nobody has. */
const ENOUGH = 10
/** Roles, and what the path allows, are looked at before ids are. */
const FORBIDDEN = ['403 -31406', '200 INSUFFICIENT_SCOPE', '200 FORBIDDEN']

/**
 * How ids of others were refused otherwise than ids that nobody has, by kind: that would say that
 * there is such an id.
 */
export function toldApart(counts: Counts): readonly string[] {
  return kindsOf(counts).flatMap((kind) => {
    const foreign = counts.get(`${kind} | foreign`)
    const unknown = [counts.get(`${kind} | mutated`), counts.get(`${kind} | none`)]
    const drawn = unknown.reduce((sum, count) => sum + (count?.drawn ?? 0), 0)
    if (foreign === undefined || drawn < ENOUGH) return []
    const known = new Set(unknown.flatMap((count) => Array.from(count?.refusals.keys() ?? [])))
    for (const refusal of FORBIDDEN) known.add(refusal)
    const others = [...foreign.refusals.keys()].filter((refusal) => !known.has(refusal))
    return others.map((refusal) => `${kind}: ${refusal}`)
  })
}

function kindsOf(counts: Counts): readonly string[] {
  return [...new Set([...counts.keys()].map((key) => key.split(' | ')[0] ?? ''))]
}

/** For people: what the run was made of. */
export function toLines(counts: Counts): readonly string[] {
  return [...counts]
    .map(([key, { drawn, good, refusals }]) => {
      const refused = Array.from(refusals, ([refusal, times]) => `, ${times} × ${refusal}`)
      return `${key}: ${good} of ${drawn} good${refused.join('')}`
    })
    .sort()
}
