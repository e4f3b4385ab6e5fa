/** Requests to the management API that a run begins with: whatever there is, once, for oneself. */
import { type Draw, resultIn } from '../draw.js'
import { callIdIn, callTool } from '../makers/modern.js'
import { choicesOf, type Client, OPERATOR, type World } from '../world.js'
import { ask, right } from './ask.js'
import { ADMIN } from './belongings.js'
import { SUBSCRIPTIONS, TARGETS } from './schema.js'

/**
 * Each field once, by who may and about what is his own, in the order of the schema: what is made comes
 * before what is changed and removed. To be made one after the other.
 */
export function graphqlTour(world: World): readonly (() => Draw)[] {
  const random = choicesOf(world, -1)
  const [tenant] = world.tenants
  const of = (user: number) =>
    random.pick(world.clients.filter((each) => each.tenant === tenant && each.owner.user === user))
  const [admin, operator] = [of(ADMIN), of(OPERATOR)]
  const note = admin.note
  const calls = [
    () => toRunning(world, admin, callTool(admin, 'asks_later', { note })),
    () => toErasable(world, admin, callTool(admin, 'look', { note })),
  ]
  const asks = TARGETS.map((target) => () => {
    const isRoot = target.right === right('OPERATE')
    return ask({ world, random, client: isRoot ? operator : admin, isRoot, target, isOwn: true })
  })
  return [...calls, ...asks]
}

/** To the end: one of each, by an admin of another tenant each. */
export function graphqlEars(world: World): readonly Draw[] {
  const random = choicesOf(world, -2)
  const admins = world.clients.filter(({ owner }) => owner.user === ADMIN)
  return SUBSCRIPTIONS.map((target, index) => {
    const client = admins[index % admins.length] ?? random.pick(admins)
    return ask({ world, random, client, isRoot: false, target, isOwn: true })
  })
}

function toRunning({ graphql }: World, { owner: { tenant } }: Client, draw: Draw): Draw {
  return {
    ...draw,
    kind: 'tools/call in the background',
    learn: (answer) => {
      const { taskId } = resultIn(answer)
      if (typeof taskId === 'string') graphql.expendable('running').keep({ tenant }, taskId)
    },
  }
}

function toErasable({ graphql }: World, { owner: { tenant } }: Client, draw: Draw): Draw {
  return {
    ...draw,
    learn: (answer) => {
      const callId = callIdIn(answer)
      if (callId !== undefined) graphql.expendable('erasable').keep({ tenant }, callId)
    },
  }
}
