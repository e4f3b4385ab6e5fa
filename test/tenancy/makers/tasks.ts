/** Calls in the background, and conversations in rounds. */
import type { Seeded } from '../../support/seeded.js'
import { type Draw, hasResult, type Maker, resultIn } from '../draw.js'
import { mutate } from '../ids.js'
import type { World } from '../world.js'
import { callTool, mayCall, modern, pickClient } from './modern.js'

export const taskMakers: readonly Maker[] = [
  { weight: 2, make: begin },
  { weight: 5, make: get },
  { weight: 2, make: update },
  { weight: 2, make: cancel },
  { weight: 2, make: ask },
  { weight: 4, make: goOn },
]

const ANSWERS = { user: { action: 'accept', content: { name: 'x' } } }

function begin(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const note = world.markers.mint(client.owner, 'secret')
  const name = random.pick(['later', 'asks_later', 'fails_later'])
  return {
    ...callTool(client, name, { note }),
    kind: 'tools/call in the background',
    mustBeGood: mayCall(client),
    learn: (answer) => {
      const { taskId } = resultIn(answer)
      if (typeof taskId !== 'string') return
      world.markers.claim(taskId, client.owner)
      world.ids.tasks.keep(client.owner, taskId)
      world.ids.calls.keep(client.owner, taskId)
      const whose = { tenant: client.owner.tenant }
      world.graphql.known('callId').keep(whose, taskId)
      if (name === 'asks_later') world.graphql.expendable('running').keep(whose, taskId)
    },
  }
}

const NO_TASK = '01a1ff05-e02c-71a9-9453-9ce3fc3e3500'

function steer(method: string, more: object = {}) {
  return (world: World, random: Seeded): Draw => {
    const client = pickClient(world, random)
    const { held, relation } = world.ids.tasks.choose(client.owner, random)
    const known = held?.value ?? NO_TASK
    const taskId = relation === 'mutated' ? mutate(known, random) : known
    const draw = modern({ client, method, params: { taskId, ...more } })
    return { ...draw, relation, isGuarded: true, mustBeGood: relation === 'own' }
  }
}

function get(world: World, random: Seeded): Draw {
  return steer('tasks/get')(world, random)
}

function update(world: World, random: Seeded): Draw {
  return steer('tasks/update', { inputResponses: ANSWERS })(world, random)
}

function cancel(world: World, random: Seeded): Draw {
  return steer('tasks/cancel')(world, random)
}

/** Everybody asks the same, so that nothing but its user keeps a round from being another's. */
const ASKS = { name: 'asks', arguments: { note: 'the same' } }

function ask(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  return {
    ...modern({ client, method: 'tools/call', params: ASKS }),
    kind: 'tools/call that asks',
    mustBeGood: mayCall(client),
    learn: (answer) => {
      const { requestState } = resultIn(answer)
      if (typeof requestState !== 'string') return
      world.markers.claim(requestState, client.owner)
      world.ids.rounds.keep(client.owner, requestState)
    },
  }
}

function goOn(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { held, relation } = world.ids.rounds.choose(client.owner, random)
  const known = held?.value ?? 'none'
  const requestState = relation === 'mutated' ? mutate(known, random) : known
  if (relation === 'own') world.ids.rounds.forget(client.owner, known)
  const params = { ...ASKS, requestState, inputResponses: ANSWERS }
  return {
    ...modern({ client, method: 'tools/call', params }),
    kind: 'tools/call with a requestState',
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own',
    // A round that goes on is a call that ends with what was answered.
    isGood: (answer) => hasResult(answer) && answer.text.includes(' accept'),
  }
}
