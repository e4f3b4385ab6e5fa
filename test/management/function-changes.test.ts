import { beforeAll, describe, expect, it, vi } from 'vitest'
import { listTools } from '../support/list-tools.js'
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
import { change, COPY, remove, seen, tool, withNotes } from './function-steps.js'

useManagement()

let admin: Manager
beforeAll(async () => {
  admin = await withNotes()
})

describe('switching a function', () => {
  it('off hides it from every client of each gateway, and on shows it again', async () => {
    const own = await withNotes()
    const off = await change(own, 'setFunctionStatus', { ...tool('greet'), status: 'DISABLED' })
    expect(off).toMatchObject({
      function: { status: 'DISABLED', updatedBy: 'ada' },
      userErrors: [],
    })
    expect(await seen(own, tool('greet'))).toEqual(off.function)
    expect(await listTools(gateways().second, own)).toEqual(['echo', 'fail', 'wait'])
    expect(await callTool(own, 'greet', {}, gateways().second)).not.toContain('hello')
    const on = await change(own, 'setFunctionStatus', { ...tool('greet'), status: 'ACTIVE' })
    expect(on).toMatchObject({ function: { status: 'ACTIVE' }, userErrors: [] })
    expect(await callTool(own, 'greet', {}, gateways().second)).toContain('hello')
  })

  it('is one record of what was and what is', async () => {
    const own = await withNotes()
    await change(own, 'setFunctionStatus', { ...tool('greet'), status: 'DISABLED' })
    const query = `{ endpoint { auditEntries(first: 50) {
      nodes { actor action target count before after } } } }`
    await vi.waitFor(async () => {
      const data = await shown<{
        endpoint: { auditEntries: { nodes: readonly { readonly target: string | null }[] } }
      }>(own.onSecond, query)
      const { nodes } = data.endpoint.auditEntries
      const ofIt = nodes.filter(({ target }) => target?.includes('greet') === true)
      expect(ofIt).toMatchObject([
        { actor: 'ada', count: 1, after: expect.objectContaining({ status: 'disabled' }) },
      ])
    })
  })

  it('does nothing where it was changed since it was read, or is not there', async () => {
    const own = await withNotes()
    const ifUpdatedAt = (await seen(own, tool('greet')))?.updatedAt
    await change(own, 'setFunctionStatus', { ...tool('greet'), status: 'DISABLED' })
    const back = { ...tool('greet'), status: 'ACTIVE', ifUpdatedAt }
    expect(await change(own, 'setFunctionStatus', back)).toMatchObject({
      function: null,
      userErrors: [{ code: 'CONFLICT' }],
    })
    const now = await seen(own, tool('greet'))
    expect(now?.status).toBe('DISABLED')
    const again = { ...back, ifUpdatedAt: now?.updatedAt }
    expect((await change(own, 'setFunctionStatus', again)).function?.status).toBe('ACTIVE')
    const none = { ...tool('nowhere'), status: 'DISABLED' }
    const { userErrors } = await change(own, 'setFunctionStatus', none)
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
  })
})

describe('a function that is defined by hand', () => {
  it('is called on each gateway, is changed, and goes', async () => {
    const own = await withNotes()
    const made = await change(own, 'createFunction', { ...COPY, access: { deny: ['user:eve'] } })
    expect(made).toMatchObject({
      function: {
        type: 'TOOL',
        name: 'by_hand',
        data: COPY.data,
        origin: 'OPERATOR',
        methodName: 'greet',
        module: { moduleName: 'notes', className: 'Notes' },
        access: { allow: null, deny: ['user:eve'], source: 'OPERATOR' },
        updatedBy: 'ada',
      },
      userErrors: [],
    })
    expect(await seen(own, tool('by_hand'))).toEqual(made.function)
    expect(await callTool(own, 'by_hand', {}, gateways().second)).toContain('hello')
    const changed = await change(own, 'updateFunction', {
      ...tool('by_hand'),
      methodName: 'echo',
      data: { ...COPY.data, description: 'Another one' },
      redact: ['/secret'],
      ifUpdatedAt: made.function?.updatedAt,
    })
    expect(changed).toMatchObject({
      function: {
        description: 'Another one',
        methodName: 'echo',
        redact: ['/secret'],
        access: { deny: ['user:eve'] },
      },
      userErrors: [],
    })
    const answer = await callTool(own, 'by_hand', { text: 'parrot' }, gateways().second)
    expect(answer).toContain('parrot')
    const gone = await remove(own, tool('by_hand'))
    expect(gone).toEqual({ deletedFunctionId: made.function?.id, userErrors: [] })
    expect(await seen(own, tool('by_hand'))).toBeNull()
    expect(await listTools(gateways().second, own)).toEqual(['echo', 'fail', 'greet', 'wait'])
  })

  it.each([
    ['RESOURCE', { uri: 'extra://one', name: 'one' }, 'extra://one', 'extra://one'],
    ['RESOURCE_TEMPLATE', { uriTemplate: 'x://{id}', name: 'each' }, 'x://{id}', 'x://{id}'],
    ['PROMPT', { name: 'extra', arguments: [{ name: 'about' }] }, 'extra', null],
  ] as const)('is a %s too, by the key in its data', async (type, data, key, uri) => {
    const input = { ...COPY, type, data, methodName: 'read' }
    const { function: made, userErrors } = await change(admin, 'createFunction', input)
    expect(userErrors).toEqual([])
    expect(made).toMatchObject({ type, name: data.name, uri })
    expect(await seen(admin, { type, key })).toEqual(made)
    expect((await remove(admin, { type, key })).userErrors).toEqual([])
  })

  it.each([
    ['data that is no object', { data: ['greet'] }, ['data']],
    ['data without a name', { data: { inputSchema: { type: 'object' } } }, ['data', 'name']],
    ['a resource without a URI', { type: 'RESOURCE', data: { name: 'x' } }, ['data', 'uri']],
    ['a name that is none', { data: { ...COPY.data, name: 'no name' } }, ['data', 'name']],
    ['no schema of its arguments', { data: { name: 'x' } }, ['data', 'inputSchema']],
    ['a class that no bundle has', { className: 'Nothing' }, ['className']],
    ['a method that can be none', { methodName: 'no method' }, ['methodName']],
    ['rules that are none', { access: { allow: ['everybody'] } }, ['access', 'allow', '0']],
    ['what is no pointer', { redact: ['secret'] }, ['redact', '0']],
  ])('refuses %s, and names the field', async (_what, wrong, field) => {
    const input = { ...COPY, ...wrong }
    const { function: made, userErrors } = await change(admin, 'createFunction', input)
    expect(made).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', ...field] }])
  })

  it('takes no name that a bundle or another one has', async () => {
    const own = await withNotes()
    const data = { ...COPY.data, name: 'echo' }
    const taken = await change(own, 'createFunction', { ...COPY, data })
    expect(taken.userErrors).toMatchObject([{ code: 'CONFLICT' }])
    await change(own, 'createFunction', COPY)
    const again = await change(own, 'createFunction', { ...COPY, methodName: 'echo' })
    expect(again.userErrors).toMatchObject([{ code: 'CONFLICT' }])
    expect(await seen(own, tool('by_hand'))).toMatchObject({ methodName: 'greet' })
  })

  it('that lost its class with a package is given another one', async () => {
    const own = await withNotes()
    await publishNotes(own.endpointId, { packageName: 'more', tools: ['extra'] })
    await change(own, 'createFunction', COPY)
    await mutate(own.onFirst, 'deletePackage', { packageName: 'notes' })
    expect(await seen(own, tool('by_hand'))).toBeNull()
    const lost = await change(own, 'updateFunction', { ...tool('by_hand'), redact: [] })
    expect(lost.userErrors).toMatchObject([{ field: ['input', 'className'] }])
    const moved = await change(own, 'updateFunction', { ...tool('by_hand'), moduleName: 'more' })
    expect(moved).toMatchObject({ function: { module: { moduleName: 'more' } }, userErrors: [] })
    expect(await listTools(gateways().second, own)).toEqual(['by_hand', 'extra'])
  })

  it('stays as it is where it was changed since it was read', async () => {
    const own = await withNotes()
    const { function: made } = await change(own, 'createFunction', COPY)
    const ifUpdatedAt = made?.updatedAt
    await change(own, 'updateFunction', { ...tool('by_hand'), redact: ['/later'] })
    const late = { ...tool('by_hand'), methodName: 'echo', ifUpdatedAt }
    const refused = await change(own, 'updateFunction', late)
    expect(refused).toMatchObject({ function: null, userErrors: [{ code: 'CONFLICT' }] })
    const kept = await remove(own, { ...tool('by_hand'), ifUpdatedAt })
    expect(kept).toMatchObject({ deletedFunctionId: null, userErrors: [{ code: 'CONFLICT' }] })
    expect(await seen(own, tool('by_hand'))).toMatchObject({
      methodName: 'greet',
      redact: ['/later'],
    })
  })

  it('is made once under a key, also twice at once', async () => {
    const own = await withNotes()
    const input = { ...COPY, idempotencyKey: 'make' }
    const both = await Promise.all([
      change(own, 'createFunction', input),
      change({ ...own, onFirst: own.onSecond }, 'createFunction', input),
    ])
    const codes = both.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))
    expect(codes.length).toBeLessThan(2)
    const again = await change(own, 'createFunction', input)
    expect(again).toMatchObject({ function: { name: 'by_hand' }, userErrors: [] })
    const other = await change(own, 'createFunction', { ...input, methodName: 'echo' })
    expect(other.userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] },
    ])
  })
})

describe('a function of a bundle', () => {
  it('is given other rules and pointers than its manifest says, and gets those back', async () => {
    const own = await withNotes()
    const access = { allow: ['role:admin'], deny: ['user:eve'] }
    const { function: changed } = await change(own, 'updateFunction', {
      ...tool('echo'),
      access,
      redact: ['/other'],
    })
    expect(changed).toMatchObject({
      access: { ...access, source: 'OPERATOR' },
      redact: ['/other'],
      updatedBy: 'ada',
    })
    expect(await seen(own, tool('echo'))).toEqual(changed)
    const caller = await managerOf({ endpointId: own.endpointId, role: 'caller', userId: 'carl' })
    expect(await listTools(gateways().second, caller)).toEqual(['fail', 'greet', 'wait'])
    const half = await change(own, 'updateFunction', { ...tool('echo'), access: null })
    expect(half.function).toMatchObject({
      access: { allow: null, deny: [], source: null },
      redact: ['/other'],
    })
    await change(own, 'updateFunction', { ...tool('echo'), access })
    const gone = await remove(own, tool('echo'))
    expect(gone.userErrors).toEqual([])
    expect(await seen(own, tool('echo'))).toMatchObject({
      access: { allow: null, source: null },
      redact: ['/password'],
    })
    expect(await listTools(gateways().second, caller)).toEqual(['echo', 'fail', 'greet', 'wait'])
  })

  it.each([
    ['its data', { data: COPY.data }, ['data']],
    ['its method', { methodName: 'greet' }, ['methodName']],
    ['whether it is async', { isAsync: true }, ['isAsync']],
    ['rules that are none', { access: { deny: ['nobody'] } }, ['access', 'deny']],
    ['what is no pointer', { redact: ['secret'] }, ['redact']],
  ])('does not take %s, and names the field', async (_what, wrong, field) => {
    const input = { ...tool('echo'), ...wrong }
    const { function: changed, userErrors } = await change(admin, 'updateFunction', input)
    expect(changed).toBeNull()
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', ...field] }])
  })

  it('that is not there is not changed and not removed', async () => {
    const named = tool('nowhere')
    const { userErrors } = await change(admin, 'updateFunction', { ...named, redact: [] })
    expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    expect((await remove(admin, named)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
  })
})
