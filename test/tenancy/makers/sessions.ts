/** Sessions of the older revisions: their requests and batches, and what they are asked. */
import type { Seeded } from '../../support/seeded.js'
import { type Draw, type Maker, messagesIn } from '../draw.js'
import type { Client, World } from '../world.js'
import { BATCHING, learnIds, pickSession, post } from './in-session.js'
import { learnCall, mayCall, pickClient } from './modern.js'

export const sessionMakers: readonly Maker[] = [
  { weight: 8, make: open },
  { weight: 20, make: request },
  { weight: 4, make: batch },
  { weight: 3, make: notify },
  { weight: 2, make: askInSession },
  { weight: 3, make: answerQuestion },
]

const VERSIONS = ['2025-11-25', '2025-11-25', '2025-06-18', BATCHING]

function open(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const version = random.pick(VERSIONS)
  const params = {
    protocolVersion: version,
    capabilities: { elicitation: {} },
    clientInfo: { name: 'tenancy', version: '1' },
  }
  const { endpointId } = client.tenant
  return {
    ...post({ client, message: { id: 0, method: 'initialize', params } }),
    kind: 'initialize',
    mustBeGood: true,
    learn: ({ headers }) => {
      const token = headers['mcp-session-id']
      if (typeof token !== 'string') return
      world.markers.claim(token, client.owner)
      const session = { token, version, endpointId }
      world.ids.sessions.keep(client.owner, session)
      if (version === BATCHING) world.ids.batchSessions.keep(client.owner, session)
    },
  }
}

/** The same numbers in every session. */
const requestId = (random: Seeded) => random.integer(1, 5)

function request(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  const message = { id: requestId(random), ...drawMessage(world, client, random) }
  const { method } = message
  const isCall = method === 'tools/call'
  const isUnlocked = !isCall || mayCall(client)
  return {
    ...post({ client, session, message }),
    kind: `${method} in a session`,
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own' && isUnlocked,
    isGivenUp: () => world.ended.has(session.token),
    learn: (answer) => {
      learnCall(world, client)(answer)
      learnIds(world, client)(answer)
    },
  }
}

function drawMessage({ markers, ...world }: World, client: Client, random: Seeded) {
  const note = markers.mint(client.owner, 'secret')
  const look = { name: 'look', arguments: { note, isLoud: random.chance(0.5) } }
  const own = { uri: client.tenant.uri }
  const argument = { name: 'topic', value: '' }
  const call = { name: 'later', arguments: { note } }
  const messages: readonly { method: string; params?: object }[] = [
    { method: 'tools/call', params: look },
    { method: 'tools/call', params: call },
    { method: 'tools/list' },
    { method: 'prompts/list' },
    { method: 'resources/list' },
    { method: 'resources/templates/list' },
    { method: 'ping' },
    { method: 'logging/setLevel', params: { level: random.pick(['debug', 'info']) } },
    { method: 'resources/read', params: own },
    { method: 'resources/subscribe', params: own },
    { method: 'resources/unsubscribe', params: own },
    { method: 'prompts/get', params: { name: 'brief', arguments: { topic: note } } },
    {
      method: 'completion/complete',
      params: { ref: { type: 'ref/prompt', name: world.tenants[0]?.prompt }, argument },
    },
  ]
  const drawn = random.pick(messages)
  // Of any tenant, so it is good in one's own session for one's own alone.
  if (drawn.method !== 'completion/complete') return drawn
  const ref = { type: 'ref/prompt', name: client.tenant.prompt }
  return { method: drawn.method, params: { ref, argument } }
}

function batch(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random, true)
  const note = world.markers.mint(client.owner, 'secret')
  const look = { name: 'look', arguments: { note, isLoud: random.chance(0.5) } }
  const messages = [
    { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    { jsonrpc: '2.0', id: 2, method: mayCall(client) ? 'tools/call' : 'ping', params: look },
    { jsonrpc: '2.0', id: 3, method: 'resources/read', params: { uri: client.tenant.uri } },
  ]
  const draw = post({ client, session, message: { id: 0, method: 'ping' } })
  return {
    ...draw,
    request: { ...draw.request, body: JSON.stringify(messages) },
    kind: 'a batch',
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own',
    isGivenUp: () => world.ended.has(session.token),
    learn: learnIds(world, client),
  }
}

/** A request of another session with the same id must go on. */
function notify(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  const cancelled = {
    method: 'notifications/cancelled',
    params: { requestId: random.integer(50, 54) },
  }
  const message = random.pick([cancelled, { method: 'notifications/initialized' }])
  return {
    ...post({ client, session, message }),
    kind: 'a notification',
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own',
    isGivenUp: () => world.ended.has(session.token),
    isGood: ({ status }) => status === 202,
  }
}

/** The function waits for its client; whoever else answers is not heard. */
function askInSession(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  const message = { id: 100, method: 'tools/call', params: { name: 'asks', arguments: {} } }
  return {
    ...post({ client, session, message }),
    kind: 'a call that asks in a session',
    relation,
    isGuarded: true,
    isEndless: true,
    isGood: ({ text }) => text.includes('elicitation/create'),
    learn: (answer) => {
      learnIds(world, client)(answer)
      for (const { id, method } of messagesIn(answer))
        if (method === 'elicitation/create') world.ids.questions.keep(client.owner, String(id))
    },
  }
}

function answerQuestion(world: World, random: Seeded): Draw {
  const { client, relation, session } = pickSession(world, random)
  const { held } = world.ids.questions.choose(client.owner, random)
  const content = { name: world.markers.mint(client.owner, 'secret') }
  const message = { id: held?.value ?? 'none', result: { action: 'accept', content } }
  return {
    ...post({ client, session, message }),
    kind: 'an answer to a question',
    relation,
    isGuarded: true,
    isGood: ({ status }) => status === 202,
  }
}
