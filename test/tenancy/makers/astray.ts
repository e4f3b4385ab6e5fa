/** Any request, sent to another place or with another token than it was made for. */
import type { Seeded } from '../../support/seeded.js'
import type { Draw, Maker, WireRequest } from '../draw.js'
import { NOBODY, type Owner } from '../markers.js'
import { OPERATOR, type Tenant, type World } from '../world.js'

/** @param makers whose requests go astray */
export function astray(makers: readonly Maker[]): Maker {
  const movable = makers.filter(({ keepsPlace }) => keepsPlace !== true)
  const make = (world: World, random: Seeded): Draw => {
    const draw = random.pick(movable).make(world, random)
    // The operator may call everywhere.
    const isOperator = draw.hearer.user === OPERATOR
    const way = isOperator ? tokenless : random.pick([elsewhere, disguised, tokenless, tokenOf])
    return { ...toAstray(draw), ...way(world, draw, random) }
  }
  return { weight: 40, make }
}

/** Whatever comes of it, nobody was promised anything. */
function toAstray({ kind, hearer, request, isEndless = false, isGood }: Draw): Draw {
  return { kind: `${kind}, astray`, relation: 'foreign', hearer, request, isEndless, isGood }
}

/** A tenant's token at another tenant's endpoint. */
function elsewhere({ tenants }: World, { request, hearer }: Draw, random: Seeded): Partial<Draw> {
  const { endpointId } = random.pick(othersThan(tenants, hearer))
  return { request: atEndpoint(request, endpointId), isGuarded: true }
}

/** Endpoint ids that are not quite another tenant's. */
const DISGUISES: readonly ((id: string) => string)[] = [
  (id) => Buffer.from(id).toString('hex').replace(/../g, '%$&'),
  (id) => `%${id.codePointAt(0)?.toString(16)}${id.slice(1)}`,
  (id) => id.toUpperCase(),
  (id) => `${id}.`,
  (id) => `./${id}`,
  (id) => `x/../${id}`,
  (id) => `%2e%2e/${id}`,
  (id) => `${id}%20`,
  (id) => `%20${id}`,
  (id) => `${id}%00`,
  (id) => `/${id}`,
  (id) => `${id}%2f`,
  (id) => `${id};x`,
  (id) => `${id}%2fmcp%2f..`,
  (id) => `*`.padEnd(id.length, '*'),
  () => 'default',
]

function disguised({ tenants }: World, { request, hearer }: Draw, random: Seeded): Partial<Draw> {
  const { endpointId } = random.pick(othersThan(tenants, hearer))
  return { request: atEndpoint(request, random.pick(DISGUISES)(endpointId)), isGuarded: true }
}

const GARBAGE = ['', 'x', 'Bearer', 'Bearer ', 'Bearer x.y.z', 'Basic YTpi', 'Bearer mcp_x_y']

function tokenless(_world: World, { request }: Draw, random: Seeded): Partial<Draw> {
  const { authorization = '', ...headers } = request.headers
  const forged = `${authorization.slice(0, -4)}AAAA`
  const chosen = random.pick([...GARBAGE, forged])
  const sent = chosen === '' ? headers : { ...headers, authorization: chosen }
  return { request: { ...request, headers: sent }, isGuarded: true, hearer: NOBODY }
}

/** Somebody of another tenant, at the endpoint and with the ids of the one who made it. */
function tokenOf({ clients }: World, { request, hearer }: Draw, random: Seeded): Partial<Draw> {
  const others = clients.filter(
    ({ owner }) => owner.tenant !== hearer.tenant && owner.user !== OPERATOR,
  )
  const { owner, token } = random.pick(others)
  const headers = { ...request.headers, authorization: `Bearer ${token}` }
  return { request: { ...request, headers }, isGuarded: true, hearer: owner }
}

function othersThan(tenants: readonly Tenant[], { tenant }: Owner): readonly Tenant[] {
  return tenants.filter(({ index }) => index !== tenant)
}

function atEndpoint(request: WireRequest, endpointId: string): WireRequest {
  return { ...request, path: request.path.replace(/^\/[^/]+/, `/${endpointId}`) }
}
