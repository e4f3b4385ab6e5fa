import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { FunctionName } from '../../src/catalog/catalog.js'
import type { Caller } from '../../src/domain/caller.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { ann, type Asked, exchangeOf, toolCall, toRequest } from '../dispatch/ask.js'
import { takeCallId } from '../support/call-id.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'

const bob: Caller = { ...ann, userId: 'bob' }
const op: Caller = { ...ann, userId: 'op', roles: ['operator'] }
const limited: Caller = { ...ann, functions: ['tool:echo', 'journey://static'] }

const GUARDED: readonly FunctionName[] = [
  { mcpType: 'tool', key: 'echo' },
  { mcpType: 'prompt', key: 'greet' },
  { mcpType: 'resource', key: 'journey://static' },
  { mcpType: 'resource_template', key: 'journey://items/{id}' },
]

let test: TestGateway
let second: TestGateway
beforeAll(async () => {
  test = await startTestGateway({ env: { EXECUTOR: 'worker', PAGE_SIZE: '3' } })
  second = await startTestGateway({
    env: { EXECUTOR: 'worker', CATALOG_CHECK_MS: '1500' },
    sharing: test,
  })
  await test.publish('journey_tools')
  for (const name of GUARDED) await set(name, { access: { allow: ['role:admin', 'user:ann'] } })
})
afterAll(async () => {
  await second.stop()
  await test.stop()
})

type Change = Partial<Parameters<TestGateway['parts']['catalog']['setOverride']>[0]>

const set = (name: FunctionName, change: Change, endpointId = 'default') =>
  test.parts.catalog.setOverride({ endpointId, ...name, actor: 'op', ...change })

interface Said {
  readonly result?: JsonObject
  readonly error?: unknown
  readonly notes: readonly JsonObject[]
}

async function ask(caller: Caller, asked: Asked, at = test): Promise<Said> {
  const notes: JsonObject[] = []
  const over = new AbortController()
  const notify = (note: JsonObject) => {
    notes.push(note)
    // Whatever only listens has said all that matters here.
    over.abort()
  }
  const exchange = exchangeOf({ notify, closing: over.signal })
  try {
    const answer = await at.gateway.dispatch.handle(caller, toRequest(asked), exchange)
    return { result: answer, notes }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const { code, message, data } = error
    return { error: { code, message, data }, notes }
  }
}

async function listed(caller: Caller, method: string, member: string, at = test) {
  const items: string[] = []
  let cursor: unknown
  do {
    const asked = { method, params: { cursor } } as Asked
    const { result = {} } = await ask(caller, asked, at)
    const page = result[member] as Record<string, string>[]
    items.push(...page.map(({ uriTemplate, uri, name }) => uriTemplate ?? uri ?? String(name)))
    cursor = result['nextCursor']
  } while (cursor !== undefined)
  return items
}

const LISTS: readonly [method: string, member: string, key: string][] = [
  ['tools/list', 'tools', 'echo'],
  ['prompts/list', 'prompts', 'greet'],
  ['resources/list', 'resources', 'journey://static'],
  ['resources/templates/list', 'resourceTemplates', 'journey://items/{id}'],
]

const completion = (ref: object, name: string) => ({
  method: 'completion/complete',
  params: { ref, argument: { name, value: '' } },
})

/** How to ask for a function by its name, and one of that kind that nobody has. */
const WAYS: readonly [string, (key: string) => object, key: string, unknown: string][] = [
  ['a call', (name) => toolCall(name, { text: 'hi' }), 'echo', 'nothing'],
  [
    'a prompt',
    (name) => ({ method: 'prompts/get', params: { name, arguments: { name: 'Ann' } } }),
    'greet',
    'nothing',
  ],
  [
    'a resource',
    (uri) => ({ method: 'resources/read', params: { uri } }),
    'journey://static',
    'journey://nothing',
  ],
  [
    'a resource of a template',
    (uri) => ({ method: 'resources/read', params: { uri } }),
    'journey://items/7',
    'journey://nothing/7',
  ],
  [
    'completion of a prompt',
    (name) => completion({ type: 'ref/prompt', name }, 'name'),
    'greet',
    'nothing',
  ],
  [
    'completion of a template',
    (uri) => completion({ type: 'ref/resource', uri }, 'id'),
    'journey://items/{id}',
    'journey://nothing/{id}',
  ],
  [
    'completion of a resource',
    (uri) => completion({ type: 'ref/resource', uri }, 'id'),
    'journey://static',
    'journey://nothing',
  ],
  [
    'a subscription',
    (uri) => ({ method: 'resources/subscribe', params: { uri } }),
    'journey://static',
    'journey://nothing',
  ],
  [
    'a subscription by a template',
    (uri) => ({ method: 'resources/subscribe', params: { uri } }),
    'journey://items/7',
    'journey://nothing/7',
  ],
  [
    'listening for a resource',
    (uri) => ({
      method: 'subscriptions/listen',
      params: { notifications: { resourceSubscriptions: [uri] } },
      era: 'modern',
      version: '2026-07-28',
    }),
    'journey://static',
    'journey://nothing',
  ],
]

describe('whom the rules of a function refuse', () => {
  it.each(LISTS)('finds it in no page of %s', async (method, member, key) => {
    const shown = await listed(ann, method, member)
    expect(shown).toContain(key)
    expect(await listed(bob, method, member)).toEqual(shown.filter((each) => each !== key))
    expect(await listed(op, method, member)).toEqual(shown)
  })

  it.each(WAYS)('gets the answer of what is not there: %s', async (_way, toAsked, key, unknown) => {
    const about = async (caller: Caller, name: string) =>
      JSON.stringify(await ask(caller, toAsked(name) as Asked)).replaceAll(name, 'NAME')
    const notThere = await about(ann, unknown)
    expect(await about(bob, unknown)).toBe(notThere)
    expect(await about(bob, key)).toBe(notThere)
    expect(await about(ann, key)).not.toBe(notThere)
  })
})

describe('whose credential is limited', () => {
  it.each(LISTS)('sees in %s only what it is good for', async (method, member, key) => {
    const isIn = ['echo', 'journey://static'].includes(key)
    expect(await listed(limited, method, member)).toEqual(isIn ? [key] : [])
  })

  it('gets for the rest what is not there', async () => {
    const call = (name: string) => ask(limited, toolCall(name, { text: 'hi' }))
    expect(await call('echo')).toHaveProperty('result')
    expect(await call('whoami')).toMatchObject({
      error: { code: 'FUNCTION_NOT_FOUND', message: 'Unknown tool: whoami' },
    })
  })

  it('reads of what its user has called only calls of these', async () => {
    const callIdOf = async (name: string) => {
      const request = toolCall(name, { text: 'hi' })
      return takeCallId(await test.gateway.dispatch.handle(ann, request, exchangeOf())).callId
    }
    const read = async (caller: Caller, callId: string) =>
      ask(caller, { method: 'resources/read', params: { uri: `mcp://function-call/${callId}` } })
    const [echo, whoami] = [String(await callIdOf('echo')), String(await callIdOf('whoami'))]
    expect(await read(limited, echo)).toHaveProperty('result')
    expect(await read(ann, whoami)).toHaveProperty('result')
    expect(await read(limited, whoami)).toMatchObject({ error: { code: 'RESOURCE_NOT_FOUND' } })
  })

  it('finds the tasks of these alone', async () => {
    const client = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
    const more = { era: 'modern', version: '2026-07-28', clientCapabilities: client } as const
    const begun = await test.gateway.dispatch.handle(
      ann,
      toolCall('background', { ms: 0 }, more),
      exchangeOf(),
    )
    const { taskId } = begun as { taskId: string }
    const find = (caller: Caller) =>
      ask(caller, { method: 'tasks/get', params: { taskId }, ...more })
    expect(await find({ ...ann, functions: ['background'] })).toHaveProperty('result')
    expect(await find(limited)).toMatchObject({ error: { code: 'TASK_NOT_FOUND' } })
  })
})

describe('whom the rules of a function refuse what its user has called', () => {
  const keyed: Caller = { ...ann, credential: { home: ann.endpointId, epoch: 0, keyId: 'k1' } }
  const reader: Caller = { ...ann, roles: ['reader'] }
  const client = { extensions: { 'io.modelcontextprotocol/tasks': {} } }
  const more = { era: 'modern', version: '2026-07-28', clientCapabilities: client } as const
  const taskOf = (caller: Caller, taskId: string) =>
    ask(caller, { method: 'tasks/get', params: { taskId }, ...more })
  const callOf = (caller: Caller, callId: string) =>
    ask(caller, { method: 'resources/read', params: { uri: `mcp://function-call/${callId}` } })
  beforeAll(async () => {
    await set({ mcpType: 'tool', key: 'whoami' }, { access: { deny: ['key:k*'] } })
    await set({ mcpType: 'tool', key: 'background' }, { access: { allow: ['role:caller'] } })
  })

  it('does not read the call', async () => {
    const answer = await test.gateway.dispatch.handle(ann, toolCall('whoami'), exchangeOf())
    const callId = String(takeCallId(answer).callId)
    expect(await callOf(ann, callId)).toHaveProperty('result')
    expect(await callOf(reader, callId)).toHaveProperty('result')
    expect(await callOf(keyed, callId)).toMatchObject({ error: { code: 'RESOURCE_NOT_FOUND' } })
    await set({ mcpType: 'tool', key: 'whoami' }, { status: 'disabled' })
    expect(await callOf(ann, callId)).toHaveProperty('result')
    expect(await callOf(keyed, callId)).toMatchObject({ error: { code: 'RESOURCE_NOT_FOUND' } })
    await set({ mcpType: 'tool', key: 'whoami' }, { status: 'active' })
  })

  it('does not find the task, nor reads its call', async () => {
    const begun = await test.gateway.dispatch.handle(
      ann,
      toolCall('background', { ms: 0 }, more),
      exchangeOf(),
    )
    const { taskId } = begun as { taskId: string }
    expect(await taskOf(keyed, taskId)).toHaveProperty('result')
    expect(await taskOf(reader, taskId)).toMatchObject({ error: { code: 'TASK_NOT_FOUND' } })
    expect(await callOf(reader, taskId)).toMatchObject({ error: { code: 'RESOURCE_NOT_FOUND' } })
    expect(await callOf(ann, taskId)).toHaveProperty('result')
  })
})

describe('what an operator sets', () => {
  it('holds for another instance too, within its next look, and over HTTP', async () => {
    const name = { mcpType: 'tool', key: 'region' } as const
    const tools = async () => {
      const post = modernPost('tools/list', {}, await second.tokenFor('ann'))
      const response = await fetch(`${second.url}/mcp`, post)
      const answer = (await response.json()) as { result: { tools: { name: string }[] } }
      return answer.result.tools.map(({ name: shown }) => shown)
    }
    expect(await tools()).toContain('region')
    await set(name, { status: 'disabled' })
    await vi.waitFor(async () => expect(await tools()).not.toContain('region'), 5000)
    await set(name, { status: 'active' })
    await vi.waitFor(async () => expect(await tools()).toContain('region'), 5000)
  })

  it('stays when the bundle is published anew', async () => {
    await set({ mcpType: 'tool', key: 'echo' }, { status: 'disabled' }, 'anew')
    await test.publish('journey_tools', 'anew')
    const there = { ...ann, endpointId: 'anew' }
    expect(await listed(there, 'tools/list', 'tools')).not.toContain('echo')
    expect(await listed({ ...there, roles: ['operator'] }, 'tools/list', 'tools')).not.toContain(
      'echo',
    )
  })
})
