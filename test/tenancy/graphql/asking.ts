/** Who asks the management API, and whose things are named to it. */
import type { Seeded } from '../../support/seeded.js'
import type { Relation } from '../ids.js'
import { mutate } from '../ids.js'
import type { Owner } from '../markers.js'
import type { World } from '../world.js'

export interface Asking {
  readonly world: World
  readonly random: Seeded
  /** Whose things are meant: one tenant's. */
  readonly owner: Owner
  /** The user whose uploads are his own. */
  readonly asker: Owner
  readonly endpointId: string
  /** At `/graphql`, where every field has to say its endpoint. */
  readonly isRoot: boolean
  /** What the asker may do: an index of `RIGHTS`. */
  readonly level: number
  /** The argument that names what is not the asker's. */
  readonly attack?: Attack | undefined
}

export interface Attack {
  readonly on: string
  readonly relation: Extract<Relation, 'foreign' | 'mutated'>
}

/** Arguments that name one thing: of another tenant, or of nobody, they must be of no use. */
const GUARDS: ReadonlySet<string> = new Set([
  'endpointId',
  'id',
  'keyId',
  'callId',
  'uploadId',
  'packageName',
  'sha256',
  'settingId',
  'username',
  'moduleName',
  'key',
  'after',
  'before',
])

export const isGuard = (name: string): boolean => GUARDS.has(name)

const NOTHING = 'zz-nothing-is-called-so'

/** What an attacked argument gets: of another tenant, or of nobody. */
export function attackedValue({ world, random, owner, attack }: Asking, kind: string): string {
  const { graphql, tenants } = world
  const others = tenants.filter(({ index }) => index !== owner.tenant)
  if (kind === 'endpointId') {
    const { endpointId } = random.pick(others)
    return attack?.relation === 'mutated' ? mutate(endpointId, random) : endpointId
  }
  const held = graphql.known(kind).foreign({ ...owner, user: -1 }, random)
  if (held === undefined || held.owner.tenant === owner.tenant) return NOTHING
  return attack?.relation === 'mutated' ? mutateWord(held.value, random) : held.value
}

/** Of what says its type first, only the rest. */
function mutateWord(value: string, random: Seeded): string {
  const [type, rest] = splitType(value)
  return rest === undefined ? mutate(value, random) : `${type} ${mutate(rest, random)}`
}

/** `TOOL look_x`: a function's type and its key; `User abc`: an object's type and its global id. */
export function splitType(value: string): readonly [type: string, rest: string | undefined] {
  const at = value.indexOf(' ')
  return at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)]
}

/** One of the tenant's own; undefined when none is known. */
export function knownValue({ world, random, owner }: Asking, kind: string): string | undefined {
  return world.graphql.known(kind).own(owner, random)
}

export function mintName({ world, owner }: Asking): string {
  return world.markers.mint(owner, 'name')
}
