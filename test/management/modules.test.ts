import { beforeAll, describe, expect, it } from 'vitest'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  mutate,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'

useManagement()

/** Two packages, one of them with an earlier version. */
let admin: Manager
let versions: readonly string[]
beforeAll(async () => {
  admin = await managerOf()
  const { endpointId } = admin
  const old = await publishNotes(endpointId)
  const now = await publishNotes(endpointId, { version: 'second', tools: ['extra'] })
  await publishNotes(endpointId, { packageName: 'more', tools: ['other'], setting: {} })
  versions = [now.ref.sha256, old.ref.sha256]
})

/** As the other gateway shows the endpoint. */
const seen = async (fields: string, variables?: object, head = '') => {
  const data = await shown<{ endpoint: Record<string, unknown> }>(
    admin.onSecond,
    `query ${head} { endpoint { ${fields} } }`,
    variables,
  )
  return data.endpoint
}

describe('a package', () => {
  it('shows its versions, its modules and when it changed', async () => {
    const { package: notes } = await seen(`package(packageName: "notes") {
      packageName revision updatedAt updatedBy
      activeVersion { sha256 isActive }
      versions { totalCount nodes { sha256 isActive package { packageName } } }
      modules { totalCount nodes { moduleName className } } }`)
    expect(notes).toEqual({
      packageName: 'notes',
      revision: 2,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      updatedBy: 'test',
      activeVersion: { sha256: versions[0], isActive: true },
      versions: {
        totalCount: 2,
        nodes: versions.map((sha256, index) => ({
          sha256,
          isActive: index === 0,
          package: { packageName: 'notes' },
        })),
      },
      modules: { totalCount: 1, nodes: [{ moduleName: 'notes', className: 'Notes' }] },
    })
  })

  it('is one of a list by name, from either end, and found again by its global id', async () => {
    const all = await seen(`packages { totalCount nodes { id packageName } }`)
    expect(all['packages']).toMatchObject({
      totalCount: 2,
      nodes: [{ packageName: 'more' }, { packageName: 'notes' }],
    })
    const last = await seen(`packages(last: 1) { nodes { packageName }
      pageInfo { hasNextPage hasPreviousPage } }`)
    expect(last['packages']).toEqual({
      nodes: [{ packageName: 'notes' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const { nodes } = all['packages'] as { nodes: readonly { id: string }[] }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Package { packageName } } }'
    expect(await shown(admin.onFirst, query, { id: nodes[1]?.id })).toEqual({
      node: { packageName: 'notes' },
    })
  })

  it('is nothing where there is none of that name', async () => {
    expect(await seen('package(packageName: "nowhere") { id }')).toEqual({ package: null })
  })
})

describe('a module', () => {
  it('shows its package, its setting and its functions', async () => {
    const { module } = await seen(`module(moduleName: "notes", className: "Notes") {
      moduleName className network source updatedAt updatedBy
      package { packageName }
      setting { settingId members { name isSecret } }
      functions { totalCount nodes { type name } } }`)
    expect(module).toMatchObject({
      moduleName: 'notes',
      className: 'Notes',
      network: 'BROKERED',
      source: 'test/support',
      updatedBy: 'test',
      package: { packageName: 'notes' },
      setting: { members: [{ name: 'greeting' }, { name: 'token', isSecret: true }] },
      functions: {
        totalCount: 8,
        nodes: [
          ...['echo', 'extra', 'fail', 'greet', 'wait'].map((name) => ({ type: 'TOOL', name })),
          { type: 'RESOURCE', name: 'all notes' },
          { type: 'RESOURCE_TEMPLATE', name: 'one note' },
          { type: 'PROMPT', name: 'recall' },
        ],
      },
    })
  })

  it.each([
    ['all', '', ['more', 'notes']],
    ['of a package', '(filter: { packageName: "more" })', ['more']],
    ['by a part of its name', '(filter: { text: "OTE" })', ['more', 'notes']],
    ['by a part of its module’s', '(filter: { text: "mor" })', ['more']],
    ['none', '(filter: { packageName: "more", text: "x" })', []],
    ['the first', '(first: 1)', ['more']],
    ['the last', '(last: 1)', ['notes']],
  ])('is listed: %s', async (_what, args, expected) => {
    const { modules } = await seen(`modules${args} { nodes { moduleName } }`)
    expect(modules).toEqual({ nodes: expected.map((moduleName) => ({ moduleName })) })
  })

  it('is found again by its global id, and null where there is none of that name', async () => {
    const { module } = await seen('module(moduleName: "notes", className: "Notes") { id }')
    const { id } = module as { id: string }
    const query = 'query ($id: ID!) { node(id: $id) { ... on Module { className } } }'
    expect(await shown(admin.onFirst, query, { id })).toEqual({ node: { className: 'Notes' } })
    const none = await seen('module(moduleName: "notes", className: "Nothing") { id }')
    expect(none).toEqual({ module: null })
  })

  it('goes on from a cursor of its own list only, forward or backward, within limits', async () => {
    const { modules } = await seen('modules(first: 1) { pageInfo { endCursor } }')
    const { pageInfo } = modules as { pageInfo: { endCursor: string } }
    const [after] = [pageInfo.endCursor]
    const next = await seen(
      'modules(first: 5, after: $after) { nodes { moduleName } }',
      { after },
      '($after: String)',
    )
    expect(next['modules']).toEqual({ nodes: [{ moduleName: 'notes' }] })
    const refused = async (args: string, code: string) => {
      const query = `query ($after: String) { endpoint { ${args} { totalCount } } }`
      const { errors } = await admin.onSecond(query, { after })
      expect(errors).toMatchObject([{ extensions: { code } }])
    }
    await refused('packages(after: $after)', 'CURSOR_INVALID')
    await refused('modules(after: $after, filter: { packageName: "more" })', 'CURSOR_INVALID')
    await refused('modules(before: $after, first: 1)', 'INVALID_PARAMS')
    await refused('modules(after: $after, last: 1)', 'INVALID_PARAMS')
    await refused('modules(after: $after, first: 101)', 'INVALID_PARAMS')
    await refused('modules(after: $after, first: 0)', 'INVALID_PARAMS')
  })
})

describe('deleting a package', () => {
  const remove = (manager: Manager, input: object) =>
    mutate<{ deletedPackageName: string | null }>(
      manager.onFirst,
      'deletePackage',
      input,
      'deletedPackageName',
    )

  const COUNTS = `{ endpoint { packages { totalCount } modules { totalCount }
    functions { totalCount } settings { totalCount } } }`

  it('takes its functions, modules and settings off, for every gateway', async () => {
    const own = await managerOf()
    await publishNotes(own.endpointId)
    expect(await callTool(own, 'greet', {}, gateways().second)).toContain('hello')
    expect(await remove(own, { packageName: 'notes' })).toEqual({
      deletedPackageName: 'notes',
      userErrors: [],
    })
    const none = { totalCount: 0 }
    expect(await shown(own.onSecond, COUNTS)).toEqual({
      endpoint: { packages: none, modules: none, functions: none, settings: none },
    })
    expect(await callTool(own, 'greet', {}, gateways().second)).not.toContain('hello')
    // Its versions stay in the store.
    await publishNotes(own.endpointId)
    expect(await callTool(own, 'greet', {}, gateways().second)).toContain('hello')
  })

  it('does nothing where it was changed since it was read', async () => {
    const own = await managerOf()
    await publishNotes(own.endpointId)
    const query = '{ endpoint { package(packageName: "notes") { updatedAt } } }'
    const read = () => shown<{ endpoint: { package: { updatedAt: string } } }>(own.onSecond, query)
    const { updatedAt: old } = (await read()).endpoint.package
    await publishNotes(own.endpointId, { version: 'later' })
    const packageName = 'notes'
    expect(await remove(own, { packageName, ifUpdatedAt: old })).toMatchObject({
      deletedPackageName: null,
      userErrors: [{ code: 'CONFLICT' }],
    })
    const { updatedAt: ifUpdatedAt } = (await read()).endpoint.package
    expect((await remove(own, { packageName, ifUpdatedAt })).deletedPackageName).toBe('notes')
  })

  it('says where there is none, also of another endpoint’s', async () => {
    const own = await managerOf()
    const { userErrors } = await remove(own, { packageName: 'notes' })
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    const foreign = await remove(own, { endpointId: admin.endpointId, packageName: 'notes' })
    expect(foreign.userErrors).toMatchObject([{ code: 'FORBIDDEN' }])
    expect(await seen('package(packageName: "notes") { packageName }')).toEqual({
      package: { packageName: 'notes' },
    })
  })

  it('is not done again under a key that was used', async () => {
    const own = await managerOf()
    await publishNotes(own.endpointId)
    const input = { packageName: 'notes', idempotencyKey: 'go' }
    const first = await remove(own, input)
    await publishNotes(own.endpointId)
    expect(await remove(own, input)).toEqual(first)
    const query = '{ endpoint { packages { totalCount } } }'
    expect(await shown(own.onSecond, query)).toEqual({ endpoint: { packages: { totalCount: 1 } } })
  })
})
