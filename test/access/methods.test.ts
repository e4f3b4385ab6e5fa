import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, SIGNING_KEY, startTestGateway, type TestGateway } from '../support/gateway.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import type { Right } from '../../src/access/access.js'
import { RIGHT_OF } from '../../src/dispatch/method-rights.js'
import type { Caller, Role } from '../../src/domain/caller.js'
import type { McpMethod } from '../../src/protocol/protocol.js'
import { modernPost } from '../support/modern-post.js'
import { openSession } from '../support/session.js'
import { ann, ask, type Asked, toRequest } from '../dispatch/ask.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({ env: { EXECUTOR: 'worker' } })
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

/** What each method is asked with, so that it answers where it may be asked. */
const PARAMS: Readonly<Record<McpMethod, object>> = {
  initialize: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {} },
  ping: {},
  'server/discover': {},
  'logging/setLevel': { level: 'info' },
  'tools/list': {},
  'tools/call': { name: 'echo', arguments: { text: 'hi' } },
  'resources/list': {},
  'resources/templates/list': {},
  'resources/read': { uri: 'journey://static' },
  'prompts/list': {},
  'prompts/get': { name: 'greet', arguments: { name: 'Ann' } },
  'completion/complete': {
    ref: { type: 'ref/prompt', name: 'greet' },
    argument: { name: 'name', value: '' },
  },
  'resources/subscribe': { uri: 'journey://static' },
  'resources/unsubscribe': { uri: 'journey://static' },
  'subscriptions/listen': { notifications: {} },
  'tasks/get': { taskId: 'none' },
  'tasks/update': { taskId: 'none', inputResponses: {} },
  'tasks/cancel': { taskId: 'none' },
}

/** These get as far as to be told that there is no such task. */
const TASK_METHODS: ReadonlySet<McpMethod> = new Set(['tasks/get', 'tasks/update', 'tasks/cancel'])

const ANYONE: readonly McpMethod[] = ['initialize', 'ping', 'server/discover', 'logging/setLevel']
const READERS: readonly McpMethod[] = [
  'tools/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'tasks/get',
]
const CALLERS: readonly McpMethod[] = ['tools/call', 'tasks/update', 'tasks/cancel']

const BY_ROLE: readonly [Role | 'nobody', readonly McpMethod[]][] = [
  ['nobody', ANYONE],
  ['reader', [...ANYONE, ...READERS]],
  ['caller', [...ANYONE, ...READERS, ...CALLERS]],
  ['publisher', [...ANYONE, ...READERS, ...CALLERS]],
  ['admin', [...ANYONE, ...READERS, ...CALLERS]],
  ['operator', [...ANYONE, ...READERS, ...CALLERS]],
]

const METHODS = Object.keys(RIGHT_OF) as McpMethod[]

const taskClient = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

async function outcome(caller: Caller, method: McpMethod): Promise<unknown> {
  const era = { era: 'modern', version: '2026-07-28', clientCapabilities: taskClient } as const
  const request = toRequest({ method, params: PARAMS[method], ...era } as Asked)
  try {
    await ask(test, request, { caller })
    return { isAnswered: true }
  } catch (error) {
    return error
  }
}

describe('every method × every role', () => {
  it.each(BY_ROLE)('%s', async (role, allowed) => {
    const caller: Caller = { ...ann, roles: role === 'nobody' ? [] : [role] }
    for (const method of METHODS)
      expect
        .soft(await outcome(caller, method), method)
        .toMatchObject(allowed.includes(method) ? answeredBy(method) : lacking(method))
  })

  const answeredBy = (method: McpMethod) =>
    TASK_METHODS.has(method) ? { code: 'TASK_NOT_FOUND' } : { isAnswered: true }

  function lacking(method: McpMethod) {
    const scopes: Record<Right | 'none', string> = {
      none: '',
      read: 'mcp:read',
      call: 'mcp:read mcp:call',
      publish: 'mcp:read mcp:call mcp:publish',
      admin: 'mcp:read mcp:call mcp:publish mcp:admin',
    }
    return { code: 'INSUFFICIENT_SCOPE', data: { scope: scopes[RIGHT_OF[method]] } }
  }
})

const tokenOf = (roles: readonly Role[], userId = 'rea') =>
  createLocalTokens(SIGNING_KEY).sign({
    userId,
    endpointId: 'default',
    roles,
    expiresAt: Date.now() + 600_000,
  })

const refused = {
  code: -31406,
  message: 'This needs the right "call": the role caller, or one above it',
  data: { scope: 'mcp:read mcp:call' },
}

const toolCall = { method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } }

describe('a right that is lacking, over HTTP', () => {
  it('is a 403 of a request that stands alone', async () => {
    const post = modernPost(toolCall.method, toolCall.params, await tokenOf(['reader']))
    const response = await fetch(`${test.url}/mcp`, post)
    expect([response.status, await response.json()]).toEqual([
      403,
      { jsonrpc: '2.0', id: 1, error: refused },
    ])
  })

  it('is a 403 of a request in a session, which stays good for others', async () => {
    const headers = await openSession(test.url, { token: await tokenOf(['reader']) })
    const post = (message: object) =>
      fetch(`${test.url}/mcp`, { method: 'POST', headers, body: JSON.stringify(message) })
    const response = await post({ jsonrpc: '2.0', id: 'c', ...toolCall })
    expect([response.status, await response.json()]).toEqual([
      403,
      { jsonrpc: '2.0', id: 'c', error: refused },
    ])
    expect((await post({ jsonrpc: '2.0', id: 'l', method: 'tools/list' })).status).toBe(200)
  })

  it('is of a batch the answer to that message alone', async () => {
    const headers = await openSession(test.url, {
      token: await tokenOf(['reader']),
      version: '2025-03-26',
    })
    const body = JSON.stringify([
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: 2, ...toolCall },
    ])
    const response = await fetch(`${test.url}/mcp`, { method: 'POST', headers, body })
    expect([response.status, await response.json()]).toEqual([
      200,
      [
        { jsonrpc: '2.0', id: 1, result: {} },
        { jsonrpc: '2.0', id: 2, error: refused },
      ],
    ])
  })

  it('keeps whoever has no role at all from streams and tickets', async () => {
    const headers = await openSession(test.url, { token: await tokenOf([], 'nob') })
    const own = { authorization: headers['authorization'] ?? '' }
    const accept = { accept: 'text/event-stream' }
    const answers = await Promise.all([
      fetch(`${test.url}/mcp`, { headers: { ...headers, ...accept } }),
      fetch(`${test.url}/default/events`, { headers: { ...own, ...accept } }),
      fetch(`${test.url}/default/events/ticket`, { method: 'POST', headers: own }),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ error: { data: { scope: 'mcp:read' } } })
    }
  })

  it('to publish is told with every scope that it takes', async () => {
    const headers = { authorization: `Bearer ${await tokenOf(['caller'])}` }
    const response = await fetch(`${test.url}/default/uploads/none`, { method: 'PUT', headers })
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { error: { code: -31406, data: { scope: 'mcp:read mcp:call mcp:publish' } } },
    ])
  })

  it('is never the operator’s', async () => {
    const post = modernPost(toolCall.method, toolCall.params, ADMIN_TOKEN)
    expect((await fetch(`${test.url}/mcp`, post)).status).toBe(200)
  })
})
