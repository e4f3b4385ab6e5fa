/** Streams of sessions, and how sessions end. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw, Maker } from '../draw.js'
import { mutate } from '../ids.js'
import type { World } from '../world.js'
import { get, learnIds, pickSession } from './in-session.js'

export const sessionStreamMakers: readonly Maker[] = [
  { weight: 3, make: stream },
  { weight: 5, make: resume },
  { weight: 2, make: end },
]

function stream(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  return {
    ...get({ client, session }),
    isGivenUp: () => world.ended.has(session.token),
    kind: 'GET of a session',
    relation,
    isGuarded: true,
    isEndless: true,
    mustBeGood: relation === 'own',
    learn: learnIds(world, client),
  }
}

/** Of what ends a stream. */
const LAST = /\.last$/

/** In any session, with the last event id of anybody. */
function resume(world: World, random: Seeded): Draw {
  const { client, relation: ofSession, session } = pickSession(world, random)
  const { held, relation: ofId } = world.ids.sseIds.choose(client.owner, random)
  const known = held?.value ?? '~.1'
  const lastEventId = ofId === 'mutated' ? mutate(known, random) : known
  // The id itself says that nothing follows: whosever it is, it is not looked up.
  const isLast = ofSession === 'own' && ofId !== 'own' && LAST.test(lastEventId)
  const kind = 'GET of a session with Last-Event-ID'
  return {
    ...get({ client, session, lastEventId }),
    kind: isLast ? `${kind} of an end, astray` : kind,
    relation: ofSession === 'own' ? ofId : ofSession,
    isGuarded: ofSession !== 'own',
    isEndless: true,
    learn: learnIds(world, client),
  }
}

function end(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  // Whoever uses it from now on comes too late.
  if (relation === 'own') {
    world.ended.add(session.token)
    world.ids.sessions.forget(client.owner, session)
    world.ids.batchSessions.forget(client.owner, session)
  }
  return {
    ...get({ client, session }),
    request: { ...get({ client, session }).request, method: 'DELETE' },
    kind: 'DELETE of a session',
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own',
    isGood: ({ status }) => status === 204,
  }
}
