/** Requests of 2026-07-28, each of which stands alone. */
import { CALL_ID_META, IDEMPOTENCY_META } from '../../../src/domain/call.js'
import { isJsonObject } from '../../../src/domain/json.js'
import type { Seeded } from '../../support/seeded.js'
import { modernRequest } from '../../support/modern-post.js'
import { withTasks } from '../../tasks/task-client.js'
import {
  type Answer,
  type Draw,
  hasResult,
  type Maker,
  resultIn,
  type WireRequest,
} from '../draw.js'
import { mutate } from '../ids.js'
import type { Client, Tenant, World } from '../world.js'

/** What is recorded costs several times what is refused, or read from memory: it is drawn less. */
export const modernMakers: readonly Maker[] = [
  { weight: 16, make: list },
  { weight: 3, make: discover },
  { weight: 4, make: callCommon },
  { weight: 6, make: callNamed },
  { weight: 2, make: callOnce },
  { weight: 2, make: readCommon },
  { weight: 6, make: readNamed },
  { weight: 2, make: getCommon },
  { weight: 6, make: getNamed },
  { weight: 7, make: complete },
  { weight: 5, make: readCall },
  { weight: 2, make: listen },
]

export const pickClient = ({ clients }: World, random: Seeded): Client => random.pick(clients)

const LISTS = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'] as const

/** Of a caller who may call tools; readers are told that they may not. */
export const mayCall = ({ owner }: Client): boolean => owner.user !== 2

function list(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  if (random.chance(0.4)) return listFrom(world, client, { method: random.pick(LISTS) })
  const { held, relation } = world.ids.cursors.choose(client.owner, random)
  if (held === undefined) return listFrom(world, client, { method: random.pick(LISTS) })
  const { method, cursor: given } = held.value
  const cursor = relation === 'mutated' ? mutate(given, random) : given
  // A cursor is the endpoint's: its other users may go on with it.
  const isNear = relation === 'foreign' && held.owner.tenant === client.owner.tenant
  return {
    ...listFrom(world, client, { method, cursor }),
    kind: 'cursor',
    relation: isNear ? 'own' : relation,
    isGuarded: relation === 'foreign' && !isNear,
    mustBeGood: isNear || relation === 'own',
  }
}

function listFrom(
  world: World,
  client: Client,
  { method, cursor }: { readonly method: string; readonly cursor?: string },
): Draw {
  return {
    ...modern({ client, method, params: { cursor } }),
    mustBeGood: true,
    learn: (answer) => {
      const { nextCursor } = resultIn(answer)
      if (typeof nextCursor === 'string')
        world.ids.cursors.keep(client.owner, { method, cursor: nextCursor })
    },
  }
}

function discover(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  return { ...modern({ client, method: 'server/discover' }), mustBeGood: true }
}

function callCommon(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const name = random.pick(['look', 'look', 'fails', 'announces'])
  const note = world.markers.mint(client.owner, 'secret')
  const args = { note, isLoud: random.chance(0.3), choice: random.pick(['common', 'wrong']) }
  return {
    ...callTool(client, name, random.chance(0.8) ? { ...args, choice: 'common' } : args),
    mustBeGood: mayCall(client),
    learn: learnCall(world, client),
  }
}

/** By a name that only one tenant has. */
function callNamed(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { tenant, ...whose } = pickTenant(world, client, random)
  return { ...callTool(client, tenant.tool, {}), ...whose, kind: 'tools/call by name' }
}

/** Everybody has the same keys, and what they ask is their own. */
function callOnce(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const meta = { [IDEMPOTENCY_META]: `key-${random.integer(1, 4)}` }
  const params = { name: 'look', arguments: { note: client.note } }
  return {
    ...modern({ client, method: 'tools/call', params, meta }),
    kind: 'tools/call with an idempotency key',
    mustBeGood: mayCall(client),
    learn: learnCall(world, client),
  }
}

function readCommon(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const uri = random.pick(['note://common', `note://items/${random.integer(1, 3)}`])
  const draw = modern({ client, method: 'resources/read', params: { uri } })
  return { ...draw, mustBeGood: true, learn: learnCall(world, client) }
}

function readNamed(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { tenant, ...whose } = pickTenant(world, client, random)
  const uri = random.chance(0.5) ? tenant.uri : `${tenant.template}${random.integer(1, 9)}`
  const draw = modern({ client, method: 'resources/read', params: { uri } })
  return { ...draw, ...whose, kind: 'resources/read by name' }
}

function getCommon(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const topic = world.markers.mint(client.owner, 'secret')
  const params = { name: 'brief', arguments: { topic } }
  const draw = modern({ client, method: 'prompts/get', params })
  return { ...draw, mustBeGood: true, learn: learnCall(world, client) }
}

function getNamed(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { tenant, ...whose } = pickTenant(world, client, random)
  const draw = modern({ client, method: 'prompts/get', params: { name: tenant.prompt } })
  return { ...draw, ...whose, kind: 'prompts/get by name' }
}

function complete(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { tenant, ...whose } = pickTenant(world, client, random)
  const isPrompt = random.chance(0.5)
  const prompt = { type: 'ref/prompt', name: tenant.prompt }
  const ref = isPrompt ? prompt : { type: 'ref/resource', uri: `${tenant.template}{id}` }
  const argument = { name: isPrompt ? 'topic' : 'id', value: '' }
  return {
    ...modern({ client, method: 'completion/complete', params: { ref, argument } }),
    ...whose,
  }
}

/** A recorded call, which is its user's. */
function readCall(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { held, relation } = world.ids.calls.choose(client.owner, random)
  const known = held?.value ?? '01a1ff05-e02c-71a9-9453-9ce3fc3e3500'
  const callId = relation === 'mutated' ? mutate(known, random) : known
  const uri = `mcp://function-call/${callId}`
  return {
    ...modern({ client, method: 'resources/read', params: { uri } }),
    kind: 'resources/read of a call',
    relation,
    isGuarded: true,
    mustBeGood: relation === 'own',
  }
}

/** To changes, and to resources and tasks of anybody. */
function listen(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const task = world.ids.tasks.choose(client.owner, random)
  const notifications = {
    toolsListChanged: true,
    resourceSubscriptions: world.tenants.map(({ uri }) => uri),
    taskIds: task.held === undefined ? [] : [task.held.value],
  }
  return {
    ...modern({ client, method: 'subscriptions/listen', params: { notifications } }),
    relation: task.relation,
    isEndless: true,
    isGood: ({ status, text }) => status === 200 && text !== '',
  }
}

/** One's own, as often as somebody else's. */
function pickTenant(
  { tenants }: World,
  { tenant: own }: Client,
  random: Seeded,
): Pick<Draw, 'relation' | 'isGuarded'> & { readonly tenant: Tenant } {
  const others = tenants.filter(({ index }) => index !== own.index)
  const tenant = random.chance(0.3) ? own : random.pick(others)
  return { tenant, relation: tenant === own ? 'own' : 'foreign', isGuarded: tenant !== own }
}

export function callTool(client: Client, name: string, args: object): Draw {
  return modern({ client, method: 'tools/call', params: { name, arguments: args } })
}

export interface ModernAsked {
  readonly client: Client
  readonly method: string
  readonly params?: object
  readonly meta?: object
}

const LOG_LEVEL = { 'io.modelcontextprotocol/logLevel': 'info' }

export function modern({ client, method, params = {}, meta = {} }: ModernAsked): Draw {
  const { token, tenant, owner } = client
  const { headers, body } = modernRequest(method, params, {
    token,
    capabilities: withTasks,
    meta: { ...LOG_LEVEL, ...meta },
  })
  const request = { method: 'POST', path: `/${tenant.endpointId}/mcp`, headers, body }
  // It is built of plain text above.
  return { kind: method, relation: 'own', hearer: owner, request: request as WireRequest }
}

/** The id by which its user finds the call again. */
export function learnCall({ ids, markers, graphql }: World, { owner }: Client) {
  return (answer: Answer) => {
    const callId = callIdIn(answer)
    if (callId === undefined) return
    markers.claim(callId, owner)
    const whose = { tenant: owner.tenant }
    graphql.known('callId').keep(whose, callId)
    // Its user does not ask for it again: an admin may erase it.
    if (/[01]$/.test(callId)) graphql.expendable('erasable').keep(whose, callId)
    else ids.calls.keep(owner, callId)
  }
}

export function callIdIn(answer: Answer): string | undefined {
  if (!hasResult(answer)) return undefined
  const { _meta: meta } = resultIn(answer)
  const callId = isJsonObject(meta) ? meta[CALL_ID_META] : undefined
  return typeof callId === 'string' ? callId : undefined
}
