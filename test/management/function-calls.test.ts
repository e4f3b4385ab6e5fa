import { beforeAll, describe, expect, it, vi } from 'vitest'
import { aCall } from '../calls/a-call.js'
import { modernPost } from '../support/modern-post.js'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { hasRedis } from '../support/redis.js'
import { CANCEL, type CallPage, codeOf, DELETE, pageOf } from './call-steps.js'
import { ADDRESS, deedsOf, soon } from './deeds.js'

useManagement({ RECORD_START_AFTER_MS: '10' })

const NOBODYS_CALL = '01890000-0000-7000-8000-000000000000'

function namesIn({ nodes }: CallPage): unknown[] {
  return nodes.map((call) => (call.arguments as { at?: number }).at)
}

describe('the history of calls', () => {
  let ada: Manager
  beforeAll(async () => {
    ada = await managerOf()
    await publishNotes(ada.endpointId)
    for (let at = 0; at < 5; at++) await callTool(ada, 'echo', { at, password: 'hunter2' })
    const bob = await managerOf({ endpointId: ada.endpointId, userId: 'bob', role: 'admin' })
    await callTool(bob, 'fail', { why: 'it was late' })
  })

  it('shows at one instance what was called at the other, the newest first', async () => {
    const { data, errors } = await ada.onSecond(`{
      endpoint {
        calls(first: 2) {
          edges {
            cursor
            node {
              id callId status type name userId sessionId conversationId traceId bundleSha256
              protocolVersion createdAt updatedAt durationMs arguments content
              error { code message }
              function { type name }
              module { moduleName className }
            }
          }
        }
      }
    }`)
    expect(errors).toEqual([])
    const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
    const time: unknown = expect.stringMatching(/^\d{4}-.*Z$/)
    const known = {
      id: expect.any(String) as unknown,
      callId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      type: 'TOOL',
      sessionId: null,
      conversationId: null,
      traceId: null,
      bundleSha256: hash,
      protocolVersion: '2026-07-28',
      createdAt: time,
      updatedAt: time,
      durationMs: expect.any(Number) as unknown,
      module: { moduleName: 'notes', className: 'Notes' },
    }
    expect(data).toMatchObject({
      endpoint: {
        calls: {
          edges: [
            {
              cursor: expect.any(String) as unknown,
              node: {
                ...known,
                name: 'fail',
                userId: 'bob',
                arguments: { why: 'it was late' },
                function: { type: 'TOOL', name: 'fail' },
              },
            },
            {
              node: {
                ...known,
                name: 'echo',
                userId: 'ada',
                status: 'COMPLETED',
                error: null,
                content: { structuredContent: { at: 4 } },
                function: { type: 'TOOL', name: 'echo' },
              },
            },
          ],
        },
      },
    })
  })

  it('goes on in both directions, and comes back to where it was', async () => {
    const filter = { userId: 'ada' }
    const first = await pageOf(ada, { filter, first: 2 })
    expect(namesIn(first)).toEqual([4, 3])
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })

    const second = await pageOf(ada, { filter, first: 2, after: first.pageInfo.endCursor })
    expect(namesIn(second)).toEqual([2, 1])
    expect(second.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })

    const third = await pageOf(ada, { filter, first: 2, after: second.pageInfo.endCursor })
    expect(namesIn(third)).toEqual([0])
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })

    const back = await pageOf(ada, { filter, last: 2, before: third.pageInfo.startCursor })
    expect(namesIn(back)).toEqual([2, 1])
    expect(back.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })

    const oldest = await pageOf(ada, { filter, last: 1 })
    expect(namesIn(oldest)).toEqual([0])
  })

  it('holds what fits all that is asked for', async () => {
    const byName = { type: 'TOOL', name: 'echo', userId: 'ada' }
    expect((await pageOf(ada, { filter: byName })).nodes).toHaveLength(5)
    expect((await pageOf(ada, { filter: { userId: 'bob' } })).nodes).toHaveLength(1)
    expect((await pageOf(ada, { filter: { status: 'CANCELLED' } })).nodes).toEqual([])
    const later = new Date(Date.now() + 60_000).toISOString()
    expect((await pageOf(ada, { filter: { from: later } })).nodes).toEqual([])
    expect((await pageOf(ada, { filter: { to: later } })).nodes).toHaveLength(6)
  })

  it('says which argument is wrong', async () => {
    const { pageInfo } = await pageOf(ada, { first: 2 })
    const wrong = [
      { first: 101 },
      { first: 0 },
      { last: -1 },
      { first: 1, last: 1 },
      { first: 1, before: pageInfo.startCursor },
      { filter: { name: 'echo' } },
    ]
    for (const variables of wrong) expect(await codeOf(ada, variables)).toBe('INVALID_PARAMS')
    // Of another question, of another endpoint, and of none.
    const elsewhere = await managerOf()
    const after = pageInfo.endCursor
    expect(await codeOf(ada, { filter: { userId: 'ada' }, after })).toBe('CURSOR_INVALID')
    expect(await codeOf(elsewhere, { after })).toBe('CURSOR_INVALID')
    expect(await codeOf(ada, { after: 'nothing' })).toBe('CURSOR_INVALID')
  })

  it('has one call with its payload, by its id and by its global id', async () => {
    const [newest] = (await pageOf(ada, { first: 1 })).nodes
    const { data } = await ada.onSecond(
      `query ($callId: ID!, $id: ID!) {
        endpoint { call(callId: $callId) { id arguments } }
        node(id: $id) { id ... on FunctionCall { name arguments } }
      }`,
      { callId: newest?.callId, id: newest?.id },
    )
    expect(data).toEqual({
      endpoint: { call: { id: newest?.id, arguments: { why: 'it was late' } } },
      node: { id: newest?.id, name: 'fail', arguments: { why: 'it was late' } },
    })
  })

  it('has no call of another endpoint, and does not say that there is one', async () => {
    const [newest] = (await pageOf(ada, { first: 1 })).nodes
    const stranger = await managerOf()
    const { data, errors } = await stranger.onSecond(
      `query ($callId: ID!, $id: ID!) {
        endpoint { call(callId: $callId) { id } calls { nodes { id } } }
        node(id: $id) { id }
      }`,
      { callId: newest?.callId, id: newest?.id },
    )
    expect(errors).toEqual([])
    expect(data).toEqual({ endpoint: { call: null, calls: { nodes: [] } }, node: null })
  })
})

describe('a call that runs', () => {
  it.skipIf(!hasRedis)(
    'is ended from another instance, with the reason for its client, and one record of who did it',
    async () => {
      const ada = await managerOf()
      await publishNotes(ada.endpointId)
      const post = modernPost('tools/call', { name: 'wait', arguments: {} }, ada.token)
      const answer = fetch(`${gateways().first.url}/${ada.endpointId}/mcp`, post)
      const running = await soon(async () => {
        const [call] = (await pageOf(ada, { filter: { status: 'IN_PROCESS' } })).nodes
        if (call === undefined) throw new Error('it does not run yet')
        return call
      })
      const stranger = await managerOf()
      const foreign = await stranger.onFirst(CANCEL, { input: { callId: running.callId } })
      expect(foreign.data).toMatchObject({ cancelCall: { userErrors: [{ code: 'NOT_FOUND' }] } })
      const { data } = await ada.onSecond(CANCEL, {
        input: { callId: running.callId, reason: 'the building closes' },
      })
      expect(data).toMatchObject({ cancelCall: { isCancelled: true, userErrors: [] } })
      expect(await (await answer).text()).toContain('the building closes')
      await soon(async () => {
        const [call] = (await pageOf(ada, { filter: { status: 'CANCELLED' } })).nodes
        expect(call?.callId).toBe(running.callId)
      })
      const again = await ada.onFirst(CANCEL, { input: { callId: running.callId } })
      expect(again.data).toMatchObject({
        cancelCall: { isCancelled: false, call: null, userErrors: [{ code: 'CONFLICT' }] },
      })
      await soon(async () => {
        expect(await deedsOf(ada, 'call.cancelled')).toEqual([
          {
            actor: 'ada',
            target: running.callId,
            address: ADDRESS,
            detail: { reason: 'the building closes' },
            before: { status: 'in_process' },
            after: { status: 'cancelled' },
          },
        ])
      })
    },
  )

  it('is neither ended where no instance runs it, nor erased before it has ended', async () => {
    const ada = await managerOf()
    const { calls } = gateways().first.parts
    const { endpointId } = ada
    const open = calls.open(endpointId)
    const { callId, createdAt } = open
    const running = aCall({ endpointId, callId, createdAt, status: 'in_process' })
    const deadline = Date.now() + 600_000
    open.describe(() => ({ ...running, content: undefined, deadline }))
    await soon(async () => expect((await pageOf(ada)).nodes).toHaveLength(1))
    const input = { callId }
    expect((await ada.onFirst(CANCEL, { input })).data).toMatchObject({
      cancelCall: { isCancelled: false, call: null, userErrors: [{ code: 'CONFLICT' }] },
    })
    expect((await ada.onFirst(DELETE, { input })).data).toMatchObject({
      deleteCall: { deletedCallId: null, userErrors: [{ code: 'CONFLICT' }] },
    })
    expect((await pageOf(ada)).nodes).toMatchObject([{ callId, status: 'IN_PROCESS' }])
    await open.end(aCall({ endpointId, callId, createdAt }))
  })

  it('is not there under an id of nobody’s, nor ended for a reason that is none', async () => {
    const ada = await managerOf()
    const cancel = async (input: object) => (await ada.onFirst(CANCEL, { input })).data
    expect(await cancel({ callId: NOBODYS_CALL })).toMatchObject({
      cancelCall: { userErrors: [{ code: 'NOT_FOUND', field: [] }] },
    })
    const ask = vi.spyOn(gateways().first.parts.peers, 'ask')
    expect(await cancel({ callId: 'x'.repeat(1000) })).toMatchObject({
      cancelCall: { userErrors: [{ code: 'NOT_FOUND', field: [] }] },
    })
    expect(ask).not.toHaveBeenCalled()
    ask.mockRestore()
    const reason = 'x'.repeat(201)
    expect(await cancel({ callId: NOBODYS_CALL, reason })).toMatchObject({
      cancelCall: { userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'reason'] }] },
    })
  })
})
