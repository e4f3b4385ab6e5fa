/** Ids that the gateway has given out, by whom they are: some of each, the newest. */
import type { Seeded } from '../support/seeded.js'
import type { Owner } from './markers.js'

export interface Held<Value> {
  readonly owner: Owner
  readonly value: Value
}

/** Whose id a request brings, seen from whoever sends it. */
export type Relation = 'own' | 'foreign' | 'mutated' | 'none'

export interface Chosen<Value> {
  readonly relation: Relation
  readonly held?: Held<Value> | undefined
}

export interface Pool<Value> {
  keep(owner: Owner, value: Value): void
  /** As often one's own as somebody else's, and now and then neither. */
  choose(owner: Owner, random: Seeded): Chosen<Value>
  own(owner: Owner, random: Seeded): Value | undefined
  foreign(owner: Owner, random: Seeded): Held<Value> | undefined
  /** Its owner has used it up. */
  forget(owner: Owner, value: Value): void
}

/** Of one owner. */
const MAX_HELD = 8
/** Of foreign ids, those of another user of the same tenant. */
const NEIGHBOURS = 0.3

export function createPool<Value>(): Pool<Value> {
  const owners = new Map<string, { owner: Owner; values: Value[] }>()
  const own = (owner: Owner, random: Seeded) => pickOf(owners.get(keyOf(owner))?.values, random)
  const foreign = (owner: Owner, random: Seeded): Held<Value> | undefined => {
    const others = [...owners.values()].filter(
      (each) => each.values.length > 0 && keyOf(each.owner) !== keyOf(owner),
    )
    const near = others.filter((each) => each.owner.tenant === owner.tenant)
    const far = others.filter((each) => each.owner.tenant !== owner.tenant)
    const isNear = random.chance(NEIGHBOURS)
    const other = pickOf(isNear && near.length > 0 ? near : far, random)
    const value = pickOf(other?.values, random)
    return other && value !== undefined ? { owner: other.owner, value } : undefined
  }
  return {
    keep: (owner, value) => {
      const kept = owners.get(keyOf(owner)) ?? { owner, values: [] }
      kept.values.push(value)
      if (kept.values.length > MAX_HELD) kept.values.shift()
      owners.set(keyOf(owner), kept)
    },
    choose: (owner, random) => {
      const dice = random.integer(0, 9)
      const value = own(owner, random)
      if (dice < 4 && value !== undefined) return { relation: 'own', held: { owner, value } }
      const held = foreign(owner, random)
      if (held === undefined) return { relation: 'none' }
      return { relation: dice < 9 ? 'foreign' : 'mutated', held }
    },
    own,
    foreign,
    forget: (owner, value) => {
      const kept = owners.get(keyOf(owner))
      if (kept) kept.values = kept.values.filter((each) => each !== value)
    },
  }
}

/** Another one of the same form: one character of it is another. */
export function mutate(id: string, random: Seeded): string {
  const at = random.integer(0, Math.max(0, id.length - 1))
  const other = id[at] === '7' ? '3' : '7'
  return id.slice(0, at) + other + id.slice(at + 1)
}

function keyOf({ tenant, user }: Owner): string {
  return `${tenant}/${user}`
}

function pickOf<Item>(list: readonly Item[] | undefined, random: Seeded): Item | undefined {
  return list === undefined || list.length === 0 ? undefined : random.pick(list)
}
