import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { change, COPY, type Named, remove, seen, tool, withNotes } from './function-steps.js'

useManagement()

let admin: Manager
beforeAll(async () => {
  admin = await managerOf()
  await publishNotes(admin.endpointId)
  await publishNotes(admin.endpointId, { packageName: 'more', tools: ['other'], setting: {} })
})

describe('a function', () => {
  it.each<[Named, object]>([
    [
      tool('echo'),
      {
        type: 'TOOL',
        name: 'echo',
        uri: null,
        data: { name: 'echo', description: 'Does echo', inputSchema: { type: 'object' } },
        methodName: 'echo',
        redact: ['/password'],
      },
    ],
    [
      { type: 'RESOURCE', key: 'notes://all' },
      { type: 'RESOURCE', name: 'all notes', uri: 'notes://all', methodName: 'read' },
    ],
    [
      { type: 'RESOURCE_TEMPLATE', key: 'notes://{id}' },
      { type: 'RESOURCE_TEMPLATE', name: 'one note', uri: 'notes://{id}' },
    ],
    [
      { type: 'PROMPT', key: 'recall' },
      { type: 'PROMPT', name: 'recall', uri: null },
    ],
  ])('shows all that is known of it: $type $key', async (named, expected) => {
    const found = await seen(admin, named)
    expect(found).toMatchObject({
      status: 'ACTIVE',
      origin: 'BUNDLE',
      isAsync: false,
      access: { allow: null, deny: [], source: null },
      module: { moduleName: 'notes', className: 'Notes' },
      updatedBy: 'test',
      ...expected,
    })
    const query = 'query ($id: ID!) { node(id: $id) { ... on Function { name } } }'
    const node = await shown(admin.onFirst, query, { id: found?.id })
    expect(node).toEqual({ node: { name: found?.name } })
  })

  it('is nothing where there is none of that type and key', async () => {
    expect(await seen(admin, tool('recall'))).toBeNull()
    expect(await seen(admin, { type: 'RESOURCE', key: 'all notes' })).toBeNull()
  })

  it('shows its calls and how they have gone', async () => {
    const own = await withNotes()
    for (const text of ['a', 'b', 'c']) await callTool(own, 'echo', { text })
    await callTool(own, 'fail', { why: 'for the test' })
    const query = `query ($key: String!, $status: FunctionCallStatus) { endpoint {
      function(type: TOOL, key: $key) {
        calls(status: $status) { nodes { name status userId } }
        statistics(windowMinutes: 10) { from to count failures p50Ms p95Ms isComplete } } } }`
    const read = (variables: object) => shown(own.onSecond, query, variables)
    // The index of functions follows the call.
    await vi.waitFor(async () =>
      expect(await read({ key: 'echo' })).toMatchObject({
        endpoint: {
          function: {
            calls: {
              nodes: ['a', 'b', 'c'].map(() => ({
                name: 'echo',
                status: 'COMPLETED',
                userId: 'ada',
              })),
            },
            statistics: {
              count: 3,
              failures: 0,
              p50Ms: expect.any(Number),
              p95Ms: expect.any(Number),
              isComplete: true,
            },
          },
        },
      }),
    )
    await vi.waitFor(async () =>
      expect(await read({ key: 'fail', status: 'FAILED' })).toMatchObject({
        endpoint: {
          function: { calls: { nodes: [{ name: 'fail' }] }, statistics: { failures: 1 } },
        },
      }),
    )
    expect(await read({ key: 'greet' })).toMatchObject({
      endpoint: { function: { calls: { nodes: [] }, statistics: { count: 0, p50Ms: null } } },
    })
  })

  it.each([0, 10_081])('says nothing of a window of %i minutes', async (windowMinutes) => {
    const query = `query ($windowMinutes: Int) { endpoint { function(type: TOOL, key: "echo") {
      statistics(windowMinutes: $windowMinutes) { count } } } }`
    const { errors } = await admin.onSecond(query, { windowMinutes })
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^windowMinutes: /),
        extensions: { code: 'INVALID_PARAMS' },
      },
    ])
  })
})

describe('the list of functions', () => {
  const list = async (manager: Manager, args: string) => {
    const query = `{ endpoint { functions${args} { totalCount nodes { type name }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
    interface Page {
      readonly totalCount: number
      readonly nodes: readonly { readonly type: string; readonly name: string }[]
      readonly pageInfo: {
        readonly hasNextPage: boolean
        readonly hasPreviousPage: boolean
        readonly startCursor: string
        readonly endCursor: string
      }
    }
    const data = await shown<{ endpoint: { functions: Page } }>(manager.onSecond, query)
    return data.endpoint.functions
  }

  it.each([
    ['', ['echo', 'fail', 'greet', 'other', 'wait', 'all notes', 'one note', 'recall']],
    ['(filter: { type: TOOL })', ['echo', 'fail', 'greet', 'other', 'wait']],
    ['(filter: { packageName: "more" })', ['other']],
    ['(filter: { moduleName: "notes", type: PROMPT })', ['recall']],
    ['(filter: { status: DISABLED })', []],
    ['(filter: { text: "EVERY NOTE" })', ['all notes']],
    ['(filter: { text: "notes://" })', ['all notes', 'one note']],
    ['(filter: { text: "note", type: PROMPT })', ['recall']],
    ['(first: 2)', ['echo', 'fail']],
    ['(last: 2)', ['one note', 'recall']],
  ])('is in order of type and name: %s', async (args, names) => {
    const { nodes, totalCount } = await list(admin, args)
    expect(nodes.map(({ name }) => name)).toEqual(names)
    expect(totalCount).toBe(args.includes(': 2') ? 8 : names.length)
  })

  it('refuses a text that nobody types', async () => {
    const query =
      'query ($text: String) { endpoint { functions(filter: { text: $text }) { totalCount } } }'
    const { errors } = await admin.onSecond(query, { text: 'x'.repeat(201) })
    expect(errors).toMatchObject([{ extensions: { code: 'INVALID_PARAMS' } }])
  })

  it('is gone through from either end while others come and go, nothing twice and nothing lost', async () => {
    const own = await withNotes()
    const add = (name: string) =>
      change(own, 'createFunction', { ...COPY, data: { ...COPY.data, name } })
    for (const name of ['b_two', 'd_four', 'x_six']) await add(name)
    const names: string[] = []
    let page = await list(own, '(first: 3)')
    names.push(...page.nodes.map(({ name }) => name))
    expect(names).toEqual(['b_two', 'd_four', 'echo'])
    // One before the place where the pages are, one after it, and the place itself goes.
    await add('a_one')
    await add('z_late')
    await change(own, 'setFunctionStatus', { ...tool('echo'), status: 'DISABLED' })
    await remove(own, tool('d_four'))
    while (page.pageInfo.hasNextPage) {
      page = await list(own, `(first: 3, after: "${page.pageInfo.endCursor}")`)
      names.push(...page.nodes.map(({ name }) => name))
    }
    const rest = ['fail', 'greet', 'wait', 'x_six', 'z_late', 'all notes', 'one note', 'recall']
    expect(names).toEqual(['b_two', 'd_four', 'echo', ...rest])
    const back: string[] = []
    page = await list(own, '(last: 4)')
    back.unshift(...page.nodes.map(({ name }) => name))
    await remove(own, tool('z_late'))
    while (page.pageInfo.hasPreviousPage) {
      page = await list(own, `(last: 4, before: "${page.pageInfo.startCursor}")`)
      back.unshift(...page.nodes.map(({ name }) => name))
    }
    expect(back).toEqual(['a_one', 'b_two', 'echo', ...rest])
  })
})

describe('who may call it', () => {
  interface Decision {
    readonly isAllowed: boolean
    readonly because: string
    readonly explanation: string
  }

  const explain = async (manager: Manager, args: object) => {
    const query = `query ($userId: String!, $roles: [Role!], $key: String!) { endpoint {
      explain(userId: $userId, roles: $roles, key: $key) { isAllowed because explanation } } }`
    const data = await shown<{ endpoint: { explain: Decision | null } }>(
      manager.onSecond,
      query,
      args,
    )
    return data.endpoint.explain
  }

  it('is explained by rule, role and state', async () => {
    const own = await withNotes()
    const { userChanges } = gateways().first.parts
    const access = { allow: ['user:carl', 'role:admin'], deny: ['user:eve*'] }
    await change(own, 'updateFunction', { ...tool('echo'), access })
    await change(own, 'setFunctionStatus', { ...tool('wait'), status: 'DISABLED' })
    await userChanges.disable({ home: own.endpointId, username: 'dora', by: 'test' })
    const cases: readonly (readonly [object, boolean, string])[] = [
      [{ userId: 'carl', key: 'greet' }, true, 'open'],
      [{ userId: 'carl', key: 'greet', roles: ['READER'] }, false, 'role:caller'],
      [{ userId: 'carl', key: 'echo' }, true, 'user:carl'],
      [{ userId: 'ann', key: 'echo', roles: ['ADMIN'] }, true, 'role:admin'],
      [{ userId: 'ann', key: 'echo' }, false, 'allow'],
      [{ userId: 'eve2', key: 'echo', roles: ['ADMIN'] }, false, 'user:eve*'],
      [{ userId: 'carl', key: 'wait' }, false, 'disabled'],
      [{ userId: 'dora', key: 'greet' }, false, 'user disabled'],
    ]
    for (const [args, isAllowed, because] of cases)
      expect(await explain(own, args)).toEqual({
        isAllowed,
        because,
        explanation: expect.stringMatching(/\w+ \w+/),
      })
    expect(await explain(own, { userId: 'carl', key: 'nowhere' })).toBeNull()
  })

  it('is not asked about a user that can be none', async () => {
    const query = '{ endpoint { explain(userId: "", key: "greet") { isAllowed } } }'
    const { errors } = await admin.onSecond(query)
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^userId: /), extensions: { code: 'INVALID_PARAMS' } },
    ])
  })
})
