import { describe, expect, it, vi } from 'vitest'
import {
  gateways,
  managerOf,
  mutate,
  newEndpoint,
  operator,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { audited, create, FIELDS, seen, update } from './endpoint-steps.js'

useManagement()

describe('an endpoint', () => {
  it('shows what it offers and how it records, on each gateway', async () => {
    const admin = await managerOf()
    await publishNotes(admin.endpointId)
    const off = { type: 'TOOL', key: 'fail', status: 'DISABLED' }
    await mutate(admin.onFirst, 'setFunctionStatus', off)
    const query = `{ endpoint { ${FIELDS} catalogVersion recording { callShards redact }
      functionCounts { tools resources resourceTemplates prompts disabled } } }`
    const { endpoint } = await shown<{ endpoint: object }>(admin.onSecond, query)
    expect(endpoint).toMatchObject({
      endpointId: admin.endpointId,
      catalogVersion: expect.stringMatching(/./),
      functionCounts: { tools: 3, resources: 1, resourceTemplates: 1, prompts: 1, disabled: 1 },
      recording: { callShards: 1, redact: [] },
    })
  })

  it('is there without having been entered in the list, with nothing in it', async () => {
    const endpointId = newEndpoint()
    expect(await seen(endpointId)).toMatchObject({
      endpointId,
      description: null,
      createdAt: null,
      updatedAt: null,
    })
  })

  it('is found again by its global id, by whoever may see it', async () => {
    const admin = await managerOf()
    const { id } = await seen(admin.endpointId)
    const query = 'query ($id: ID!) { node(id: $id) { id ... on Endpoint { endpointId } } }'
    const own = await shown(admin.onFirst, query, { id })
    expect(own).toEqual({ node: { id, endpointId: admin.endpointId } })
    const stranger = await managerOf()
    expect(await shown(stranger.onFirst, query, { id })).toEqual({ node: null })
  })

  it('is not asked for at the path of another one', async () => {
    const admin = await managerOf()
    const { errors } = await admin.onFirst('{ endpoint(endpointId: "another") { id } }')
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' }, path: ['endpoint'] }])
    const needed = await operator().onFirst('{ endpoint { id } }')
    expect(needed.errors).toMatchObject([{ extensions: { code: 'INVALID_PARAMS' } }])
  })
})

describe('creating an endpoint', () => {
  it('enters it in the list, with one record of the audit', async () => {
    const endpointId = newEndpoint()
    const { endpoint, userErrors } = await create({ endpointId, description: 'For tests' })
    expect(userErrors).toEqual([])
    expect(await seen(endpointId)).toMatchObject({ ...endpoint, description: 'For tests' })
    expect(await audited(endpointId, 'endpoint.created')).toMatchObject([
      { actor: 'operator', target: endpointId, count: 1, after: { description: 'For tests' } },
    ])
  })

  it.each([
    ['what can be no name', { endpointId: 'No Name' }, 'INVALID_INPUT', ['input', 'endpointId']],
    ['a reserved word', { endpointId: 'graphql' }, 'INVALID_INPUT', ['input', 'endpointId']],
    [
      'a description that is too long',
      { endpointId: 'wordy', description: 'x'.repeat(501) },
      'INVALID_INPUT',
      ['input', 'description'],
    ],
  ])('refuses %s, and names the field', async (_what, input, code, field) => {
    const { endpoint, userErrors } = await create(input)
    expect(endpoint).toBeNull()
    expect(userErrors).toMatchObject([{ code, field }])
  })

  it('refuses one that is there', async () => {
    const endpointId = newEndpoint()
    await create({ endpointId, description: 'the first' })
    const { userErrors } = await create({ endpointId, description: 'the second' })
    expect(userErrors).toMatchObject([{ code: 'CONFLICT', field: [] }])
    expect(await seen(endpointId)).toMatchObject({ description: 'the first' })
  })

  it('is done once under a key, also twice at once, and refuses another input under it', async () => {
    const input = { endpointId: newEndpoint(), idempotencyKey: 'once' }
    const both = await Promise.all([create(input), create(input)])
    const codes = both.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))
    // The one that came while the other was under way is told to ask again.
    expect(codes.every((code) => code === 'CONFLICT')).toBe(true)
    expect(codes.length).toBeLessThan(2)
    const again = await create(input)
    expect(again.userErrors).toEqual([])
    expect(again.endpoint).toEqual(both.find(({ endpoint }) => endpoint !== null)?.endpoint)
    const other = await create({ ...input, description: 'another input' })
    expect(other.userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] },
    ])
    await audited(input.endpointId, 'endpoint.created')
  })
})

describe('updating an endpoint', () => {
  it('changes what is given and leaves the rest, with one record of what was and is', async () => {
    const admin = await managerOf()
    const { endpointId } = admin
    await create({ endpointId, description: 'as it was' })
    const redact = ['/password']
    const { endpoint } = await update(admin, { callShards: 4, redact })
    expect(endpoint).toMatchObject({
      description: 'as it was',
      recording: { callShards: 4, redact },
    })
    await update(admin, { description: 'as it is' })
    await vi.waitFor(async () =>
      expect(await seen(endpointId)).toMatchObject({
        description: 'as it is',
        recording: { callShards: 4, redact },
      }),
    )
    const [latest] = await audited(endpointId, 'endpoint.updated', 2)
    expect(latest).toMatchObject({
      actor: 'ada',
      before: { description: 'as it was', callShards: 4, redact },
      after: { description: 'as it is', callShards: 4, redact },
    })
  })

  it.each([
    ['no shards at all', { callShards: 0 }, ['input', 'callShards']],
    ['too many shards', { callShards: 257 }, ['input', 'callShards']],
    ['fewer shards than there are', { callShards: 1 }, ['input', 'callShards']],
    ['what is no pointer', { redact: ['password'] }, ['input', 'redact']],
    ['too many pointers', { redact: Array(101).fill('/a') }, ['input', 'redact']],
    ['a description that is too long', { description: 'x'.repeat(501) }, ['input', 'description']],
  ])('refuses %s, and leaves all as it was', async (_what, wrong, field) => {
    const admin = await managerOf()
    await update(admin, { description: 'stays', callShards: 2, redact: ['/stays'] })
    const { endpoint, userErrors } = await update(admin, {
      description: 'goes',
      callShards: 8,
      redact: ['/goes'],
      ...wrong,
    })
    expect(endpoint).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field }])
    expect(await seen(admin.endpointId)).toMatchObject({
      description: 'stays',
      recording: { callShards: 2, redact: ['/stays'] },
    })
  })

  it('does nothing where it was changed since it was read', async () => {
    const admin = await managerOf()
    const { endpoint } = await update(admin, { description: 'read', callShards: 2 })
    const ifUpdatedAt = endpoint?.updatedAt
    await update(admin, { description: 'changed since' })
    const refused = await update(admin, { description: 'late', callShards: 9, ifUpdatedAt })
    expect(refused).toMatchObject({ endpoint: null, userErrors: [{ code: 'CONFLICT' }] })
    const now = await seen(admin.endpointId)
    expect(now).toMatchObject({ description: 'changed since', recording: { callShards: 2 } })
    const taken = await update(admin, { description: 'in time', ifUpdatedAt: now.updatedAt })
    expect(taken).toMatchObject({ endpoint: { description: 'in time' }, userErrors: [] })
  })
})

describe('an update of an endpoint that is cut off', () => {
  const QUERY = `mutation ($input: UpdateEndpointInput!) {
    updateEndpoint(input: $input) { userErrors { code } } }`

  it('after its recording is told by the audit, and done when it is asked for again', async () => {
    const admin = await managerOf()
    const { endpointId } = admin
    const { endpoint } = await update(admin, { description: 'as it was' })
    const input = { description: 'new', callShards: 3, ifUpdatedAt: endpoint?.updatedAt }
    const { endpoints } = gateways().first.parts.management
    const spy = vi.spyOn(endpoints, 'describe').mockRejectedValueOnce(new Error('away'))
    expect((await admin.onFirst(QUERY, { input })).errors).toHaveLength(1)
    spy.mockRestore()
    const half = { description: 'as it was', recording: { callShards: 3 } }
    expect(await seen(endpointId)).toMatchObject(half)
    const [latest] = await audited(endpointId, 'endpoint.updated', 2)
    expect(latest).toMatchObject({
      before: { description: 'as it was', callShards: 1 },
      after: { description: 'as it was', callShards: 3 },
    })
    expect(await update(admin, input)).toMatchObject({ userErrors: [] })
    expect(await seen(endpointId)).toMatchObject({ ...half, description: 'new' })
  })
})

describe('the list of endpoints', () => {
  interface Page {
    readonly endpoints: {
      readonly nodes: readonly { readonly endpointId: string }[]
      readonly pageInfo: {
        readonly hasNextPage: boolean
        readonly hasPreviousPage: boolean
        readonly startCursor: string | null
        readonly endCursor: string | null
      }
    }
  }

  const page = async (args: object) =>
    shown<Page>(
      operator().onSecond,
      `query ($first: Int, $after: String, $last: Int, $before: String) {
        endpoints(first: $first, after: $after, last: $last, before: $before) {
          nodes { endpointId description createdAt }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
      args,
    )

  it('is gone through from either end, the same endpoints in the same order', async () => {
    const made = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e']
    for (const endpointId of made) await create({ endpointId })
    const forward: string[] = []
    let after: string | null = null
    do {
      const { endpoints } = await page({ first: 2, after })
      forward.push(...endpoints.nodes.map(({ endpointId }) => endpointId))
      after = endpoints.pageInfo.hasNextPage ? endpoints.pageInfo.endCursor : null
    } while (after !== null)
    const backward: string[] = []
    let before: string | null = null
    do {
      const { endpoints } = await page({ last: 2, before })
      backward.unshift(...endpoints.nodes.map(({ endpointId }) => endpointId))
      before = endpoints.pageInfo.hasPreviousPage ? endpoints.pageInfo.startCursor : null
    } while (before !== null)
    expect(forward).toEqual(forward.toSorted())
    expect(forward.filter((name) => name.startsWith('page-'))).toEqual(made)
    expect(backward).toEqual(forward)
  })

  it('is an operator’s alone', async () => {
    const admin = await managerOf()
    const { errors } = await admin.onFirst('{ endpoints { nodes { id } } }')
    expect(errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_SCOPE' } }])
  })
})
