/** Requests to the management API, made from its schema: by whoever has a token, about whatever is known. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw, Maker } from '../draw.js'
import { ask, levelOf, right } from '../graphql/ask.js'
import { MUTATIONS, QUERIES, SUBSCRIPTIONS, type Target } from '../graphql/schema.js'
import { OPERATOR, type World } from '../world.js'

export const graphqlMakers: readonly Maker[] = [
  { weight: 34, make: askAtEndpoint },
  { weight: 12, make: askAsOperator, keepsPlace: true },
]

/** Any object of anybody. */
const NODE = QUERIES.filter(({ name }) => name === 'Query.node')

function pickTarget(random: Seeded): Target {
  const dice = random.integer(1, 100)
  if (dice <= 8) return random.pick(NODE)
  if (dice <= 60) return random.pick(QUERIES)
  return dice <= 90 ? random.pick(MUTATIONS) : random.pick(SUBSCRIPTIONS)
}

function askAtEndpoint(world: World, random: Seeded): Draw {
  const others = world.clients.filter(({ owner }) => owner.user !== OPERATOR)
  // Most of them may do nothing here.
  const able = others.filter((client) => levelOf(client) >= right('PUBLISH'))
  const admins = able.filter((client) => levelOf(client) >= right('ADMIN'))
  const client = random.pick(random.chance(0.7) ? admins : random.chance(0.5) ? able : others)
  return ask({ world, random, client, isRoot: false, target: pickTarget(random) })
}

function askAsOperator(world: World, random: Seeded): Draw {
  const client = random.pick(world.clients.filter(({ owner }) => owner.user === OPERATOR))
  const target = pickTarget(random)
  const isRoot = target.right === right('OPERATE') || random.chance(0.5)
  return ask({ world, random, client, isRoot, target })
}
