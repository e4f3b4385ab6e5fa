import { describe, expect, it, vi } from 'vitest'
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

const SETTING_ID = 'notes/notes/Notes'
const SECRET = 'the-secret-of-the-notes'

interface Member {
  readonly name: string
  readonly isSecret: boolean
  readonly isSet: boolean
  readonly value: unknown
}

interface Setting {
  readonly id: string
  readonly settingId: string
  readonly members: readonly Member[]
  readonly updatedAt: string
  readonly updatedBy: string
}

const FIELDS = 'id settingId members { name isSecret isSet value } updatedAt updatedBy'

async function withNotes(setting?: object): Promise<Manager> {
  const manager = await managerOf()
  await publishNotes(manager.endpointId, setting && { setting })
  return manager
}

/** As the other gateway shows it. */
async function seen({ onSecond }: Manager): Promise<Setting | null> {
  const query = `{ endpoint { setting(settingId: "${SETTING_ID}") { ${FIELDS} } } }`
  return (await shown<{ endpoint: { setting: Setting | null } }>(onSecond, query)).endpoint.setting
}

const change = (manager: Manager, name: string, input: object) =>
  mutate<{ setting: Setting | null }>(
    manager.onFirst,
    name,
    { settingId: SETTING_ID, ...input },
    `setting { ${FIELDS} }`,
  )

const GREETING = { name: 'greeting', isSecret: false, isSet: true, value: 'hello' }
const TOKEN = { name: 'token', isSecret: true, isSet: true, value: null }

describe('a setting', () => {
  it('shows its members, its package and its classes, and no value that is secret', async () => {
    const admin = await withNotes()
    const query = `{ endpoint { setting(settingId: "${SETTING_ID}") { ${FIELDS}
      package { packageName } modules { moduleName className } } } }`
    const answer = await admin.onSecond(query)
    expect(answer.data).toMatchObject({
      endpoint: {
        setting: {
          settingId: SETTING_ID,
          members: [GREETING, TOKEN],
          package: { packageName: 'notes' },
          modules: [{ moduleName: 'notes', className: 'Notes' }],
          updatedBy: 'test',
        },
      },
    })
    expect(JSON.stringify(answer)).not.toContain(SECRET)
  })

  it('is listed by id, by package and from either end, and found again by its global id', async () => {
    const admin = await withNotes()
    await publishNotes(admin.endpointId, { packageName: 'more', setting: { a: 1 } })
    const query = `{ endpoint {
      all: settings { totalCount nodes { id settingId } }
      more: settings(packageName: "more") { nodes { settingId members { name value } } }
      last: settings(last: 1) { nodes { settingId } pageInfo { hasPreviousPage hasNextPage } } } }`
    const data = await shown<{ endpoint: { all: { nodes: readonly Setting[] } } }>(
      admin.onSecond,
      query,
    )
    expect(data.endpoint).toMatchObject({
      all: { totalCount: 2, nodes: [{ settingId: 'more/more/Notes' }, { settingId: SETTING_ID }] },
      more: { nodes: [{ settingId: 'more/more/Notes', members: [{ name: 'a', value: 1 }] }] },
      last: {
        nodes: [{ settingId: SETTING_ID }],
        pageInfo: { hasPreviousPage: true, hasNextPage: false },
      },
    })
    const id = data.endpoint.all.nodes[1]?.id
    const node = 'query ($id: ID!) { node(id: $id) { ... on Setting { settingId } } }'
    expect(await shown(admin.onFirst, node, { id })).toEqual({ node: { settingId: SETTING_ID } })
    const publisher = await managerOf({ endpointId: admin.endpointId, role: 'publisher' })
    const { data: hidden, errors } = await publisher.onFirst(node, { id })
    expect(hidden).toEqual({ node: null })
    expect(errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_SCOPE' } }])
  })
})

describe('a setting of a package that came while it was asked for', () => {
  it('is shown with its package and its classes', async () => {
    const admin = await managerOf()
    const { administration } = gateways().second.parts.management
    const settings = administration.settings.bind(administration)
    const spy = vi.spyOn(administration, 'settings').mockImplementationOnce(async (endpointId) => {
      await publishNotes(endpointId)
      return settings(endpointId)
    })
    const query = `{ endpoint { functionCounts { tools }
      settings { nodes { package { packageName } modules { moduleName } } } } }`
    const data = await shown<{ endpoint: { settings: object } }>(admin.onSecond, query)
    spy.mockRestore()
    expect(data.endpoint.settings).toEqual({
      nodes: [{ package: { packageName: 'notes' }, modules: [{ moduleName: 'notes' }] }],
    })
  })
})

describe('changing a setting', () => {
  it('changes the members that are given, and what functions receive on each gateway', async () => {
    const admin = await withNotes()
    expect(await callTool(admin, 'greet', {}, gateways().second)).toContain('hello')
    const members = [
      { name: 'greeting', value: 'good evening', isSecret: false },
      { name: 'hidden', value: 'swordfish' },
    ]
    const { setting, userErrors } = await change(admin, 'updateSetting', { members })
    expect(userErrors).toEqual([])
    const expected = [
      { ...GREETING, value: 'good evening' },
      { name: 'hidden', isSecret: true, isSet: true, value: null },
      TOKEN,
    ]
    expect(setting?.members).toEqual(expected)
    expect(setting?.updatedBy).toBe('ada')
    expect(await seen(admin)).toEqual(setting)
    expect(await callTool(admin, 'greet', {}, gateways().second)).toContain('good evening')
    const gone = await change(admin, 'updateSetting', { remove: ['greeting', 'token'] })
    expect(gone.setting?.members).toEqual([expected[1]])
    expect(await callTool(admin, 'greet', {}, gateways().second)).toContain('nothing to say')
  })

  it('empties it, and fills it again as though it were new', async () => {
    const admin = await withNotes()
    const members = [{ name: 'greeting', value: 'new', isSecret: false }]
    const early = await change(admin, 'createSetting', { members })
    expect(early).toMatchObject({ setting: null, userErrors: [{ code: 'CONFLICT' }] })
    const empty = await change(admin, 'deleteSetting', {})
    expect(empty).toMatchObject({ setting: { members: [] }, userErrors: [] })
    expect(await callTool(admin, 'greet', {}, gateways().second)).toContain('nothing to say')
    const filled = await change(admin, 'createSetting', { members })
    expect(filled.setting?.members).toEqual([{ ...GREETING, value: 'new' }])
    expect((await seen(admin))?.members).toEqual([{ ...GREETING, value: 'new' }])
  })

  it('says of a member without a value that it is not set', async () => {
    const admin = await withNotes({})
    const members = [{ name: 'a' }, { name: 'b', value: '', isSecret: false }]
    const { setting } = await change(admin, 'createSetting', { members })
    expect(setting?.members).toEqual([
      { name: 'a', isSecret: true, isSet: false, value: null },
      { name: 'b', isSecret: false, isSet: false, value: '' },
    ])
  })

  it('does nothing where it was changed since it was read', async () => {
    const admin = await withNotes()
    const ifUpdatedAt = (await seen(admin))?.updatedAt
    const later = { name: 'greeting', value: 'later', isSecret: false }
    await change(admin, 'updateSetting', { members: [later] })
    const late = { ifUpdatedAt, members: [{ name: 'greeting', value: 'late', isSecret: false }] }
    for (const [name, input] of [
      ['updateSetting', late],
      ['deleteSetting', { ifUpdatedAt }],
    ] as const) {
      const refused = await change(admin, name, input)
      expect(refused).toMatchObject({ setting: null, userErrors: [{ code: 'CONFLICT' }] })
    }
    const now = await seen(admin)
    expect(now?.members[0]).toMatchObject({ value: 'later' })
    const taken = await change(admin, 'deleteSetting', { ifUpdatedAt: now?.updatedAt })
    expect(taken.setting?.members).toEqual([])
  })

  it('says where no class of an active bundle has it', async () => {
    const admin = await withNotes()
    for (const [name, input] of [
      ['createSetting', { members: [{ name: 'a' }] }],
      ['updateSetting', { members: [{ name: 'a' }] }],
      ['deleteSetting', {}],
    ] as const) {
      const { userErrors } = await change(admin, name, { ...input, settingId: 'no/such/One' })
      expect(userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
    }
  })

  it.each([
    ['a member without a name', [{ name: '' }]],
    ['a member that is given twice', [{ name: 'a' }, { name: 'a' }]],
  ])('refuses %s, and names the field', async (_what, members) => {
    const admin = await withNotes()
    const { userErrors } = await change(admin, 'updateSetting', { members })
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', 'members'] }])
    expect((await seen(admin))?.members).toEqual([GREETING, TOKEN])
  })

  it('is not done again under a key that was used, and shows what is there now', async () => {
    const admin = await withNotes()
    const input = {
      idempotencyKey: 'once',
      members: [{ name: 'greeting', value: 'first', isSecret: false }],
    }
    await change(admin, 'updateSetting', input)
    const then = { members: [{ name: 'greeting', value: 'second', isSecret: false }] }
    await change(admin, 'updateSetting', then)
    const again = await change(admin, 'updateSetting', input)
    expect(again.setting?.members[0]).toMatchObject({ value: 'second' })
    const other = await change(admin, 'updateSetting', { ...then, idempotencyKey: 'once' })
    expect(other.userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] },
    ])
  })
})
