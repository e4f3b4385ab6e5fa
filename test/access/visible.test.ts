import { describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.js'
import type { AuditEvent } from '../../src/audit/audit.js'
import type { Snapshot } from '../../src/catalog/catalog.js'
import { buildSnapshot } from '../../src/catalog/snapshot.js'
import { createCallTool } from '../../src/dispatch/call-tool.js'
import { createListPages } from '../../src/dispatch/list-pages.js'
import type { AccessRules } from '../../src/domain/access-rules.js'
import { type Caller, ROLES } from '../../src/domain/caller.js'
import { MCP_TYPES } from '../../src/domain/capability.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { RequestOf } from '../../src/protocol/protocol.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { aTool, aVersion } from '../catalog/bundle-version.js'
import { exchangeOf } from '../dispatch/ask.js'
import { createSeeded, type Seeded, testSeed } from '../support/seeded.js'
import { aSnapshotOf } from './functions.js'

const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }
const bob: Caller = { endpointId: 'acme', userId: 'bob', roles: ['caller'] }

function open(snapshot: Snapshot) {
  const noted: AuditEvent[] = []
  const state = { snapshot }
  const access = createAccess({
    catalog: { snapshot: async () => state.snapshot, recent: () => state.snapshot },
    audit: { note: (event) => void noted.push(event) },
  })
  const pageSize = 7
  const list = createListPages({ ...access, pageSize, mcpType: 'tool', member: 'tools' })
  const call = createCallTool(access.visible, async ({ fn }) => ({ ran: fn.name }), silentLog)
  return { ...access, list, call, noted, state }
}

type Opened = ReturnType<typeof open>

async function listedNames({ list }: Opened, caller: Caller): Promise<string[]> {
  const names: string[] = []
  let cursor: string | undefined
  do {
    const request = { params: { cursor } } as RequestOf<'tools/list'>
    const page = await list(caller, request, exchangeOf())
    names.push(...(page['tools'] as { name: string }[]).map(({ name }) => name))
    cursor = page['nextCursor'] as string | undefined
  } while (cursor !== undefined)
  return names
}

async function answers({ call }: Opened, caller: Caller, name: string): Promise<boolean> {
  try {
    await call(caller, { params: { name } } as RequestOf<'tools/call'>, exchangeOf())
    return true
  } catch (error) {
    const isUnknown = error instanceof GatewayError && error.message === `Unknown tool: ${name}`
    if (!isUnknown) throw error
    return false
  }
}

describe('what callers see', () => {
  it('is the snapshot itself where no function has rules', async () => {
    const snapshot = aSnapshotOf([aTool('one'), aTool('two')])
    const { visible, look } = open(snapshot)
    expect(await visible(ann)).toBe(snapshot)
    expect(look(bob)).toBe(snapshot)
  })

  it('is one object for all whom the rules treat alike, until the snapshot is another', async () => {
    const access = { deny: ['user:bob'] }
    const opened = open(aSnapshotOf([aTool('one', { access }), aTool('two')]))
    const first = opened.look(ann)
    expect(opened.look({ ...ann, userId: 'zoe' })).toBe(first)
    expect(opened.look(bob)).not.toBe(first)
    opened.state.snapshot = aSnapshotOf([aTool('three', { access })], 'v2')
    expect(
      opened
        .look(ann)
        ?.list('tool')
        .map(({ name }) => name),
    ).toEqual(['three'])
    expect(opened.look(bob)?.list('tool')).toEqual([])
  })

  it('keeps its order, and a cursor of one who sees more leads on', async () => {
    const functions = Array.from({ length: 30 }, (_, n) =>
      aTool(
        `t${String(n).padStart(2, '0')}`,
        n % 3 === 0 ? { access: { deny: ['user:bob'] } } : {},
      ),
    )
    const opened = open(aSnapshotOf(functions))
    const all = functions.map(({ name }) => name)
    expect(await listedNames(opened, ann)).toEqual(all)
    expect(await listedNames(opened, bob)).toEqual(all.filter((_, n) => n % 3 !== 0))
    const page = await opened.list(ann, { params: {} } as RequestOf<'tools/list'>, exchangeOf())
    const next = { params: { cursor: page['nextCursor'] } } as RequestOf<'tools/list'>
    expect((await opened.list(bob, next, exchangeOf()))['tools']).toMatchObject(
      ['t07', 't08', 't10', 't11', 't13', 't14', 't16'].map((name) => ({ name })),
    )
  })

  it('holds no template that they may not use: one that is less special fits, or none', async () => {
    const template = (name: string, uri: string, access?: AccessRules) =>
      aTool(name, { mcpType: 'resource_template', uri, access })
    const { visible } = open(
      aSnapshotOf([
        template('any', 'docs://{+path}'),
        template('page', 'docs://page/{id}', { deny: ['user:bob'] }),
        template('own', 'own://{id}', { allow: ['user:ann'] }),
      ]),
    )
    const fitting = async (caller: Caller, uri: string) =>
      (await visible(caller)).matchTemplate(uri)?.template.name
    expect(await fitting(ann, 'docs://page/7')).toBe('page')
    expect(await fitting(bob, 'docs://page/7')).toBe('any')
    expect(await fitting(ann, 'own://7')).toBe('own')
    expect(await fitting(bob, 'own://7')).toBeUndefined()
    const view = await visible(bob)
    expect(['docs://page/7', 'own://7', 'else://7'].map((uri) => view.hides(uri))).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe('what came of a call', () => {
  const limited = { ...ann, functions: ['one', 'gone'] }
  const recalled = async (opened: Opened, caller: Caller, key: string) => {
    const name = { mcpType: 'tool', key } as const
    const isTold = await opened.mayRecall(caller, name)
    expect(opened.lookBack(caller, name)).toBe(isTold)
    return isTold
  }

  it('is told to whoever may know of the function, and of one that is gone to all', async () => {
    const opened = open(aSnapshotOf([aTool('one', { access: { deny: ['user:bob'] } })]))
    expect(await recalled(opened, ann, 'one')).toBe(true)
    expect(await recalled(opened, bob, 'one')).toBe(false)
    expect(await recalled(opened, bob, 'gone')).toBe(true)
    expect(opened.noted).toEqual([])
  })

  it('is told to a limited credential of these functions alone, gone or not', async () => {
    const opened = open(aSnapshotOf([aTool('one'), aTool('two')]))
    for (const [key, isTold] of [
      ['one', true],
      ['two', false],
      ['gone', true],
      ['gone too', false],
    ] as const)
      expect([key, await recalled(opened, limited, key)]).toEqual([key, isTold])
  })

  it('is told by the name of a resource that a credential is limited to, or its URI', async () => {
    const guide = aTool('guide', { mcpType: 'resource', uri: 'docs://guide' })
    const { mayRecall } = open(aSnapshotOf([guide]))
    const name = { mcpType: 'resource', key: 'docs://guide' } as const
    expect(await mayRecall({ ...ann, functions: ['guide'] }, name)).toBe(true)
    expect(await mayRecall({ ...ann, functions: ['docs://*'] }, name)).toBe(true)
    expect(await mayRecall({ ...ann, functions: ['other'] }, name)).toBe(false)
  })

  it('is not known as long as nothing is of the endpoint', () => {
    const catalog = { snapshot: async () => aSnapshotOf([]), recent: () => undefined }
    const { lookBack } = createAccess({ catalog })
    expect(lookBack(ann, { mcpType: 'tool', key: 'one' })).toBeUndefined()
  })
})

describe('what is refused', () => {
  it('is one event of the audit, and what nobody has is none', async () => {
    const opened = open(aSnapshotOf([aTool('secret', { access: { allow: ['role:admin'] } })]))
    expect(await answers(opened, ann, 'secret')).toBe(false)
    expect(await answers(opened, ann, 'nothing')).toBe(false)
    expect(await listedNames(opened, ann)).toEqual([])
    expect(() => opened.demand(ann, 'publish', 'uploads')).toThrow('publisher')
    expect(opened.noted).toEqual([
      {
        endpointId: 'acme',
        actor: 'ann',
        action: 'right.denied',
        target: 'tool secret',
        detail: { because: { kind: 'not-allowed', source: 'bundle' } },
      },
      {
        endpointId: 'acme',
        actor: 'ann',
        action: 'right.denied',
        target: 'uploads',
        detail: { right: 'publish', roles: ['caller'] },
      },
    ])
  })

  it('names the key that was used', async () => {
    const opened = open(aSnapshotOf([aTool('secret')]))
    const credential = { home: 'acme', epoch: 0, keyId: 'k1' }
    const limited = { ...ann, credential, functions: ['other'] }
    expect(await answers(opened, limited, 'secret')).toBe(false)
    expect(opened.noted).toMatchObject([
      { target: 'tool secret', detail: { because: { kind: 'credential' }, keyId: 'k1' } },
    ])
  })
})

describe('random rules and callers', () => {
  it('what a list shows can be called and explained, and what it lacks can not', async () => {
    const random = createSeeded(testSeed(77))
    for (let round = 0; round < 60; round++) {
      const names = Array.from({ length: random.integer(0, 20) }, (_, n) => `f${n}`)
      const opened = open(randomSnapshot(random, names))
      for (let n = 0; n < 5; n++) {
        const caller = randomCaller(random)
        const listed = new Set(await listedNames(opened, caller))
        const view = opened.look(caller)
        for (const name of names) {
          expect(await answers(opened, caller, name)).toBe(listed.has(name))
          for (const mcpType of MCP_TYPES) {
            const key = mcpType.startsWith('resource') ? `x://${name}` : name
            const decision = await opened.explain(caller, { mcpType, key })
            const isThere = view?.find(mcpType, key) !== undefined
            expect(decision?.isAllowed ?? false).toBe(isThere)
            expect(view?.list(mcpType).some((fn) => (fn.uri ?? fn.name) === key)).toBe(isThere)
          }
        }
      }
    }
  })
})

const RULES = [
  ...ROLES.map((role) => `role:${role}`),
  'user:*',
  'user:u?',
  'user:u1',
  'user:u2',
  'key:*',
  'key:k1',
]

function randomRules(random: Seeded): AccessRules | undefined {
  if (random.chance(0.4)) return undefined
  const some = () => Array.from({ length: random.integer(0, 3) }, () => random.pick(RULES))
  return {
    ...(random.chance(0.6) && { allow: some() }),
    ...(random.chance(0.5) && { deny: some() }),
  }
}

function randomSnapshot(random: Seeded, names: readonly string[]): Snapshot {
  const functions = names.flatMap((name) =>
    MCP_TYPES.map((mcpType) =>
      aTool(name, {
        mcpType,
        access: randomRules(random),
        ...(mcpType.startsWith('resource') && { uri: `x://${name}` }),
      }),
    ),
  )
  const overrides = names
    .filter(() => random.chance(0.2))
    .map((key) => ({
      mcpType: 'tool' as const,
      key,
      status: random.pick(['active', 'disabled'] as const),
      access: randomRules(random),
      updatedAt: '2026-01-31T00:00:00.000Z',
      updatedBy: 'op',
    }))
  return buildSnapshot({
    endpointId: 'acme',
    version: 'v1',
    bundles: [aVersion({ functions })],
    overrides,
  })
}

function randomCaller(random: Seeded): Caller {
  const keyId = random.chance(0.3) ? random.pick(['k1', 'k2']) : undefined
  return {
    endpointId: 'acme',
    userId: random.pick(['u1', 'u2', 'other']),
    // A reader sees tools, and may call none: that is asked for before the function is.
    roles: [random.pick(ROLES.slice(1))],
    credential: { home: 'acme', epoch: 0, keyId },
    functions: random.chance(0.2) ? random.pick([['f1*'], ['tool:f*'], ['x://f2'], []]) : undefined,
  }
}
