/** One request to the management API: who asks what of whom, and what the answer has to be. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw } from '../draw.js'
import { EVERYBODY, type Owner } from '../markers.js'
import { type Client, OPERATOR, type World } from '../world.js'
import { attackable } from './arguments.js'
import type { Asking, Attack } from './asking.js'
import { ADMIN, PUBLISHER, READER } from './belongings.js'
import { isGood } from './good.js'
import { hasHarmlessInput } from './inputs.js'
import { learnFrom } from './learn.js'
import { type Operation, writeOperation } from './operation.js'
import { RIGHTS, type Target } from './schema.js'

export const right = (name: string): number => RIGHTS.indexOf(name)

/** By user, as the world has made them; whoever is not here calls. */
const LEVELS: ReadonlyMap<number, number> = new Map([
  [READER, right('READ')],
  [PUBLISHER, right('PUBLISH')],
  [ADMIN, right('ADMIN')],
  [OPERATOR, right('OPERATE')],
])
export const levelOf = ({ owner: { user } }: Client): number =>
  LEVELS.get(user ?? OPERATOR) ?? right('CALL')

export interface Wanted {
  readonly world: World
  readonly random: Seeded
  readonly client: Client
  readonly isRoot: boolean
  readonly target: Target
  /** Nothing of others: default, as often one's own as another's. */
  readonly isOwn?: boolean
}

export function ask(wanted: Wanted): Draw {
  const { world, random, client, isRoot, target } = wanted
  const { owner, tenant } = client
  const level = levelOf(client)
  const isRefused = Math.max(target.right, right('PUBLISH')) > level
  const attack = wanted.isOwn === true ? undefined : chooseAttack(wanted, isRefused)
  const asking: Asking = {
    world,
    random,
    owner: { tenant: owner.tenant },
    asker: owner,
    endpointId: tenant.endpointId,
    isRoot,
    level,
    attack,
  }
  const { graphql } = world
  graphql.drawn.set(target.name, (graphql.drawn.get(target.name) ?? 0) + 1)
  const operation = writeOperation(asking, target)
  return {
    ...toDraw(wanted, operation),
    kind: kindOf(target, isRefused),
    ...promisesOf(asking, target, { isRefused, operation }),
  }
}

interface Asked {
  readonly isRefused: boolean
  readonly operation: Operation
}

type Promised = Pick<Draw, 'relation' | 'hearer' | 'isGuarded' | 'mustBeGood' | 'isGood' | 'learn'>

/** Who may hear the answer, and what it has to be. */
function promisesOf(asking: Asking, target: Target, { isRefused, operation }: Asked): Promised {
  const { attack } = asking
  const relation = attack?.relation ?? (operation.isEmpty ? 'none' : 'own')
  const isForAll = isOfAll(asking, target)
  const isGuarded = isRefused || (attack !== undefined && !(isForAll && attack.on === 'id'))
  return {
    relation: isRefused ? 'foreign' : relation,
    hearer: isForAll ? EVERYBODY : hearerOf(asking),
    isGuarded,
    mustBeGood: relation === 'own' && !isRefused && isPromised(asking, target),
    isGood: (answer) => isGood(answer, isGuarded ? operation.path : []),
    learn: isForAll ? undefined : learnFrom(asking, target),
  }
}

/** Which right an object needs is known to those who may see its type. */
function isPromised({ level }: Asking, { operation, name }: Target): boolean {
  return operation === 'query' && (name !== 'Query.node' || level >= right('ADMIN'))
}

/** An operator is told of everybody by what is no endpoint's: he names whom he likes. */
function isOfAll({ attack, isRoot }: Asking, target: Target): boolean {
  const isOfGateway = target.right === right('OPERATE') && target.operation === 'query'
  return isRoot && (isOfGateway || attack?.on === 'id')
}

/** What is never good is asked for by those who may not, or is not known to the test. */
function kindOf({ operation, path, name }: Target, isRefused: boolean): string {
  const [first] = path
  const isKnown = operation !== 'mutation' || hasHarmlessInput(first?.name ?? '')
  const kind = `graphql ${operation === 'query' ? `Query.${first?.name}` : name}`
  if (isRefused) return `${kind} without the right, astray`
  return isKnown ? kind : `${kind}, astray`
}

function chooseAttack({ random, target, isRoot }: Wanted, isRefused: boolean): Attack | undefined {
  const [first] = target.path
  const isMutation = target.operation === 'mutation'
  // It is refused before anything is read.
  if (isRefused && isMutation) return { on: 'endpointId', relation: 'foreign' }
  const names = attackable(target, isRoot)
  const isForced = isMutation && !hasHarmlessInput(first?.name ?? '')
  // What is done to oneself is costly, and shows little.
  const isOwn = random.chance(isMutation ? 0.3 : 0.5)
  if (names.length === 0 || (!isForced && isOwn)) return undefined
  const relation = random.chance(0.85) ? 'foreign' : 'mutated'
  return { on: random.pick(names), relation }
}

/** Admins hear of all of their tenant's users. */
function hearerOf({ asker, level }: Asking): Owner {
  if (level >= right('ADMIN')) return { tenant: asker.tenant }
  return level >= right('PUBLISH') ? { ...asker, knowsNames: true } : asker
}

function toDraw({ client, isRoot, target }: Wanted, { query, variables }: Operation) {
  const isStream = target.operation === 'subscription'
  return {
    request: {
      method: 'POST',
      path: isRoot ? '/graphql' : `/${client.tenant.endpointId}/graphql`,
      headers: {
        authorization: `Bearer ${client.token}`,
        'content-type': 'application/json',
        accept: isStream ? 'text/event-stream' : 'application/json',
      },
      body: JSON.stringify({ query, variables }),
    },
    isEndless: isStream,
  }
}
