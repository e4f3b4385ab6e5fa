import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBundle } from './bundle.js'
import type { WireRequest } from './draw.js'
import { ADMIN } from './graphql/belongings.js'
import { SUBSCRIPTIONS, TARGETS } from './graphql/schema.js'
import { graphqlEars, graphqlTour } from './graphql/tour.js'
import { toEvents } from './makers/events.js'
import { draw } from './makers/makers.js'
import { runDraws } from './run.js'
import { readStoredRows } from './stored-rows.js'
import { neverGood, sumOf, toldApart, toLines } from './tally.js'
import { startTenants, type TenantGateway } from './tenant-gateway.js'
import { createWatch } from './watch.js'
import { choicesOf, type Client, OPERATOR } from './world.js'

/** `npm run test:tenancy` asks for ten times as many. */
const REQUESTS = Number(process.env['TENANCY_REQUESTS'] ?? 10_000)
/** The seed that a finding names asks the same again, as far as ids allow. */
const SEED = Number(process.env['TENANCY_SEED'] ?? 20_260_731)
const MOST_MS_PER_REQUEST = 30

let tenants: TenantGateway
beforeAll(async () => {
  tenants = await startTenants(SEED)
})
afterAll(() => tenants.stop())

describe('five tenants and their users', () => {
  it(
    'are told nothing of each other, whatever they ask with whosever ids',
    async () => {
      const { world, wire, watch } = tenants
      const standing = [
        ...world.clients.map((client) => toEvents(world, client)),
        ...graphqlEars(world),
      ]
      const first = graphqlTour(world)
      const requests = REQUESTS - first.length
      const frames = await runDraws(world, { requests, wire, watch, standing, first })
      const { counts } = watch
      if (REQUESTS > 10_000) console.log(toLines(counts).join('\n'))
      expect(watch.findings.join('\n\n')).toBe('')
      expect(toldApart(counts)).toEqual([])
      // Nothing of this says much unless everybody gets his own, of each kind.
      expect(neverGood(counts)).toEqual([])
      const own = sumOf(counts, (_kind, relation) => relation === 'own')
      const foreign = sumOf(counts, (_kind, relation) => relation === 'foreign')
      expect(own.good / own.drawn).toBeGreaterThan(0.8)
      expect(own.drawn).toBeGreaterThan(REQUESTS / 5)
      expect(foreign.drawn).toBeGreaterThan(REQUESTS / 3)
      expect(frames).toBeGreaterThan(REQUESTS / 20)
      const managed = sumOf(counts, (kind) => kind.startsWith('graphql '))
      expect(managed.drawn).toBeGreaterThan(REQUESTS / 7)
      const untouched = TARGETS.filter(({ name }) => !world.graphql.drawn.has(name))
      expect(untouched.map(({ name }) => name)).toEqual([])
      const unheard = SUBSCRIPTIONS.filter(({ name }) => !world.graphql.heard.has(name))
      expect(unheard.map(({ name }) => name)).toEqual([])
      expect(watch.logLines).toBeGreaterThan(0)
    },
    60_000 + REQUESTS * MOST_MS_PER_REQUEST,
  )

  it(
    'have nothing of each other in their rows of the database',
    async () => {
      const { gateway, world } = tenants
      const { looked, mixed } = await readStoredRows(gateway.dataFolder, world.markers)
      expect(mixed).toEqual([])
      expect(looked).toBeGreaterThan(REQUESTS / 20)
    },
    60_000 + REQUESTS,
  )
})

/** Far more than a planted leak needs: the first finding ends the run. */
const ENOUGH = 6000
const PLANTED_MS = 120_000
/** What every tenant has functions for. */
const PLAIN: ReadonlySet<string> = new Set(['look', 'brief', 'note://common', 'note://items/1'])

describe('the watch', () => {
  const newWatch = () => createWatch(tenants.world.markers, SEED)
  const clientOf = (tenant: number, user: number): Client => {
    const found = tenants.world.clients.find(
      ({ owner }) => owner.tenant === tenant && owner.user === user,
    )
    if (found === undefined) throw new Error(`there is no user ${user} of tenant ${tenant}`)
    return found
  }

  /** A proxy that sends what one has asked for as another. */
  const confuse = (request: WireRequest, one: Client, other: Client): WireRequest => ({
    ...request,
    path: request.path.replace(one.tenant.endpointId, other.tenant.endpointId),
    headers: { ...request.headers, authorization: `Bearer ${other.token}` },
  })

  it.each([
    ['another tenant', 1, 0, / of tenant [01]\)/],
    ['another user of the same tenant', 0, 5, /\(name of user 5 of tenant 0\)/],
  ])(
    'sees a proxy that mixes a user up with %s',
    async (_who, tenant, user, named) => {
      const { world, wire } = tenants
      const watch = newWatch()
      const other = clientOf(tenant, user)
      const ofTenant = world.clients.filter(
        ({ owner }) => owner.tenant === 0 && owner.user !== OPERATOR,
      )
      const send = (request: WireRequest) => {
        const one = ofTenant.find(
          ({ token }) => request.headers['authorization'] === `Bearer ${token}`,
        )
        // What has ids in it would be refused.
        const isPlain = PLAIN.has(request.headers['mcp-name'] ?? '')
        return wire.send(one && isPlain ? confuse(request, one, other) : request)
      }
      await runDraws(world, { from: REQUESTS, requests: ENOUGH, wire: { send }, watch })
      expect(watch.findings[0]).toContain(`TENANCY_SEED=${SEED}, request `)
      expect(watch.findings[0]).toContain('was told ')
      expect(watch.findings[0]).toMatch(named)
    },
    PLANTED_MS,
  )

  it(
    'sees an answer of the management API that is shown to another tenant',
    async () => {
      const { world, wire } = tenants
      const watch = newWatch()
      const [one, other] = [clientOf(0, ADMIN), clientOf(1, ADMIN)]
      const send = (request: WireRequest) => {
        const isOnes = request.headers['authorization'] === `Bearer ${one.token}`
        // What names something of his would be refused.
        const isPlain = /"query":"query.*"variables":\{("v\d":\d,?)*\}/.test(String(request.body))
        return wire.send(isOnes && isPlain ? confuse(request, one, other) : request)
      }
      await runDraws(world, { from: REQUESTS, requests: ENOUGH, wire: { send }, watch })
      expect(watch.findings[0]).toContain('graphql Query.')
      expect(watch.findings[0]).toMatch(/was told .* of tenant 1\)/)
    },
    PLANTED_MS,
  )

  it(
    'sees an event that comes to somebody else',
    async () => {
      const { world, wire } = tenants
      const watch = newWatch()
      const [one, other] = [clientOf(2, 0), clientOf(3, 0)]
      const standing = [{ ...toEvents(world, one), hearer: other.owner }]
      await runDraws(world, { from: REQUESTS, requests: ENOUGH, wire, watch, standing })
      expect(watch.findings[0]).toContain('GET of events (own) by user 0 of tenant 3')
      expect(watch.findings[0]).toContain('of tenant 2')
    },
    PLANTED_MS,
  )

  it('sees a log line of two tenants, and one that does not say whose it is', () => {
    const [a, b] = [clientOf(0, 0), clientOf(1, 0)]
    const watch = newWatch()
    watch.log.warn({ endpointId: a.tenant.endpointId, note: a.note }, 'of one tenant')
    expect(watch.findings).toEqual([])
    watch.log.warn({ endpointId: a.tenant.endpointId, err: new Error(b.note) }, 'of two')
    watch.log.info({ setting: a.tenant.secret }, 'of nobody')
    expect(watch.findings).toHaveLength(2)
  })

  it.each<[string, (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['cut short', (secret) => secret.slice(0, -5)],
    ['in base64', (secret) => Buffer.from(`{"cursor":"${secret}"}`).toString('base64url')],
    ['percent-encoded', (secret) => secret.replaceAll('q', '%71')],
    ['in capitals', (secret) => secret.toUpperCase()],
  ])('knows what belongs to another user, %s', (_how, write) => {
    const { markers } = tenants.world
    const [a, b] = [clientOf(0, 0), clientOf(0, 1)]
    const text = `told: ${write(a.note)}.`
    expect(markers.leaks(text, b.owner)).toHaveLength(1)
    expect(markers.leaks(text, a.owner)).toEqual([])
    expect(markers.leaks(text, b.owner, `I asked for ${a.note} and ${text}`)).toEqual([])
  })

  it('knows ids that the gateway has made for somebody else', () => {
    const { markers } = tenants.world
    const [a, b] = [clientOf(0, 0), clientOf(0, 1)]
    const id = '01a1ff05-e02c-71a9-9453-9ce3fc3e35ff'
    markers.claim(id, a.owner)
    expect(markers.leaks(`see mcp://function-call/${id}.`, b.owner)).toHaveLength(1)
    expect(markers.leaks(`see mcp://function-call/${id}.`, a.owner)).toEqual([])
  })

  it('is shown the same requests by the same seed', () => {
    const { world } = tenants
    const kinds = () =>
      Array.from({ length: 200 }, (_none, index) => {
        const { kind, relation, request } = draw(world, choicesOf({ ...world, seed: 7 }, index))
        return [kind, relation, request.path]
      })
    const withoutUsedUp = (drawn: readonly (readonly string[])[]) =>
      drawn.filter(
        ([kind]) => !/upload|ticket|requestState|session|batch|auth|Mutation/.test(kind ?? ''),
      )
    expect(withoutUsedUp(kinds())).toEqual(withoutUsedUp(kinds()))
  })

  it(
    'sees a function that tells what belongs to another tenant',
    async () => {
      const { gateway, world, wire, folder } = tenants
      const watch = newWatch()
      const [leaking, other] = [world.tenants[4], world.tenants[0]]
      if (leaking === undefined || other === undefined) throw new Error('there are five tenants')
      const bundle = await writeBundle(`${folder}/planted`, { ...leaking, secret: other.secret })
      await gateway.publish(bundle, leaking.endpointId)
      await runDraws(world, { from: REQUESTS, requests: ENOUGH, wire, watch })
      expect(watch.findings[0]).toContain(`TENANCY_SEED=${SEED}, request `)
      expect(watch.findings[0]).toContain(`was told ${other.secret} (secret of tenant 0)`)
    },
    PLANTED_MS,
  )
})
