import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { ann as caller, exchangeOf, toolCall } from '../dispatch/ask.js'
import { taskClient, type TaskClient, TASKS, withTasks } from './task-client.js'

let test: TestGateway
let ann: TaskClient
let key: string
beforeAll(async () => {
  test = await startTestGateway({ env: { MAX_BACKGROUND_CALLS: '3' } })
  await test.publish('task_tools')
  ann = taskClient(test.url, { token: await test.tokenFor('ann') })
})
afterAll(() => test.stop())
beforeEach(() => {
  key = randomUUID()
})

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const requiresTasks = { requiredCapabilities: { extensions: { [TASKS]: {} } } }

const notesOf = async (of = key) =>
  (await ann.call('notes', { key: of })).result.structuredContent?.['notes']

const recordOf = async (taskId: string) =>
  (await readStoredCalls(test.dataFolder)).find((call) => call.mcp_function_call_uuid === taskId)

describe('a call that goes on in the background', () => {
  it('is answered with a task, flat, and without what is asked for later', async () => {
    const { status, result } = await ann.call('gated', { key })
    expect(status).toBe(200)
    expect(result).toEqual({
      resultType: 'task',
      taskId: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/),
      status: 'working',
      createdAt: expect.stringMatching(ISO),
      lastUpdatedAt: expect.stringMatching(ISO),
      ttlMs: 86_400_000,
      pollIntervalMs: 1000,
      _meta: expect.anything(),
    })
    const { taskId = '' } = result
    await ann.cancel(taskId)
  })

  it('is found at once, works, and then shows its result', async () => {
    const taskId = await ann.begin('gated', { key })
    expect(await ann.get(taskId)).toMatchObject({
      resultType: 'complete',
      taskId,
      status: 'working',
    })
    await ann.call('open', { key })
    const done = await ann.until(taskId, 'completed')
    expect(done.result).toEqual({
      structuredContent: { key },
      content: [{ type: 'text', text: `opened ${key}` }],
    })
    expect(done).not.toHaveProperty('error')
    expect(done).not.toHaveProperty('inputRequests')
    expect(done).not.toHaveProperty('requestState')
    expect(await recordOf(taskId)).toMatchObject({
      name: 'gated',
      status: 'completed',
      user_id: 'ann',
    })
  })

  it('keeps a result of 8 MB', async () => {
    const bytes = 8_000_000
    const done = await ann.until(await ann.begin('large', { bytes }), 'completed')
    expect(done.result?.content?.[0]?.text).toHaveLength(bytes)
  })

  it('that fails as a tool has completed, with a result that says so', async () => {
    const done = await ann.until(await ann.begin('fail'), 'completed')
    expect(done.result).toMatchObject({ isError: true, content: [{ text: 'it broke' }] })
  })

  it('that would have been an error of the protocol has failed with that error', async () => {
    const taskId = await ann.begin('not_json')
    const failed = await ann.until(taskId, 'failed')
    expect(failed.error).toMatchObject({ code: -31_004, message: expect.any(String) })
    expect(failed.statusMessage).toBe(failed.error?.message)
    expect(failed).not.toHaveProperty('result')
    expect(await recordOf(taskId)).toMatchObject({ status: 'failed' })
  })

  it('with arguments that do not fit is refused as for any tool, and there is no task', async () => {
    const { result } = await ann.call('gated', { key: 7 })
    expect(result).toMatchObject({ resultType: 'complete', isError: true })
    expect(result).not.toHaveProperty('taskId')
  })

  it('does not end when its request does, or is cancelled', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const request = toolCall(
      'gated',
      { key },
      { era: 'modern', version: '2026-07-28', clientCapabilities: withTasks },
    )
    const answered = await test.gateway.dispatch.handle(caller, request, exchangeOf({ signal }))
    const taskId = String(answered['taskId'])
    controller.abort()
    await vi.waitFor(async () => expect(await notesOf()).toEqual(['began']))
    await ann.call('open', { key })
    await ann.until(taskId, 'completed')
    expect(await notesOf()).toEqual(['began'])
  })

  it('makes nothing of a client that asks for a task, or of a function that claims to be one', async () => {
    const hinted = await ann.call('greet', { name: 'Ann' }, { task: { ttl: 60_000 } })
    expect(hinted.result).toMatchObject({
      resultType: 'complete',
      content: [{ text: 'Hello, Ann!' }],
    })
    expect((await ann.call('forge')).result).toMatchObject({ resultType: 'complete' })
  })

  it('is refused when too many go on already, and not when one of them has ended', async () => {
    const taskIds = await Promise.all([1, 2, 3].map((n) => ann.begin('gated', { key: key + n })))
    const { error } = await ann.call('gated', { key })
    expect(error).toMatchObject({
      code: -31_005,
      message: expect.stringContaining('MAX_BACKGROUND_CALLS'),
    })
    await Promise.all(taskIds.map((taskId) => ann.cancel(taskId)))
    const next = await vi.waitFor(() => ann.begin('gated', { key }))
    await ann.cancel(next)
  })

  it('is recorded with the trace that its caller belongs to [M62]', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const traced = taskClient(test.url, {
      token: await test.tokenFor('ann'),
      meta: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    })
    const taskId = await traced.begin('fail')
    await traced.until(taskId, 'completed')
    expect(await recordOf(taskId)).toMatchObject({ trace_id: traceId })
  })
})

describe('a task that is cancelled', () => {
  it('stays cancelled, its function is told, and its record says the same', async () => {
    const taskId = await ann.begin('gated', { key })
    await vi.waitFor(async () => expect(await notesOf()).toEqual(['began']))
    const { result } = await ann.cancel(taskId)
    expect(result).toEqual({ resultType: 'complete', _meta: expect.anything() })
    expect(await ann.get(taskId)).toMatchObject({ status: 'cancelled' })
    await vi.waitFor(async () => expect(await notesOf()).toEqual(['began', 'aborted']))
    await vi.waitFor(async () =>
      expect(await recordOf(taskId)).toMatchObject({
        status: 'cancelled',
        error: { code: 'CALL_CANCELLED' },
      }),
    )
    expect(await ann.get(taskId)).not.toHaveProperty('result')
  })

  it('after its end is acknowledged alike, and stays what it was', async () => {
    const taskId = await ann.begin('fail')
    await ann.until(taskId, 'completed')
    expect((await ann.cancel(taskId)).result).toEqual({
      resultType: 'complete',
      _meta: expect.anything(),
    })
    expect(await ann.get(taskId)).toMatchObject({ status: 'completed' })
  })

  it('says the same as its record, whichever of many cancels and its end comes first', async () => {
    const expected = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const taskId = await ann.begin('gated', { key: key + round })
      await Promise.all([
        ann.call('open', { key: key + round }),
        ann.cancel(taskId),
        ann.cancel(taskId),
      ])
      const { status = '' } = await vi.waitFor(async () => {
        const task = await ann.get(taskId)
        expect(task.status).not.toBe('working')
        return task
      })
      await vi.waitFor(async () => expect(await recordOf(taskId)).toMatchObject({ status }))
      expect(await ann.get(taskId)).toMatchObject({ status })
      expected.add(status)
    }
    expect([...expected].every((status) => ['completed', 'cancelled'].includes(status))).toBe(true)
  })
})

describe('the methods of tasks', () => {
  const methods = [
    ['tasks/get', {}],
    ['tasks/update', { inputResponses: {} }],
    ['tasks/cancel', {}],
  ] as const

  it.each(methods)(
    '%s is refused to a client that has not declared the extension [M13]',
    async (method, more) => {
      const plain = taskClient(test.url, { token: await test.tokenFor('ann'), capabilities: {} })
      const { status, error } = await plain.send(method, { taskId: 'any', ...more })
      expect(status).toBe(400)
      expect(error).toMatchObject({ code: -32_021, data: requiresTasks })
    },
  )

  it.each(methods)(
    '%s tells tasks of others, of other endpoints and of nobody not apart',
    async (method, more) => {
      await test.publish('task_tools', 'acme')
      const taskId = await ann.begin('gated', { key })
      const bea = taskClient(test.url, { token: await test.tokenFor('bea') })
      const away = taskClient(test.url, {
        token: await test.tokenFor('ann', 'acme'),
        endpointId: 'acme',
      })
      const nobody = await ann.send(method, { taskId: randomUUID(), ...more })
      expect(nobody).toMatchObject({ status: 200, error: { code: -32_602 } })
      expect(await bea.send(method, { taskId, ...more })).toEqual(nobody)
      expect(await away.send(method, { taskId, ...more })).toEqual(nobody)
      expect(await ann.send(method, { taskId: 'x'.repeat(5000), ...more })).toEqual(nobody)
      expect(await ann.get(taskId)).toMatchObject({ status: 'working' })
      await ann.cancel(taskId)
    },
  )

  it.each(['tasks/result', 'tasks/list'])('%s is gone [M24]', async (method) => {
    expect(await ann.send(method, { taskId: 'any' })).toMatchObject({
      status: 404,
      error: { code: -32_601 },
    })
  })

  it('are announced as an extension to those who can use it, and as nothing else', async () => {
    const { result } = await ann.send('server/discover', {})
    expect(result).toMatchObject({ capabilities: { extensions: { [TASKS]: {} } } })
    expect(result).not.toHaveProperty('capabilities.tasks')
  })
})

describe('a tool that runs as a task only', () => {
  it('is refused to a client that has not declared the extension [M13]', async () => {
    const plain = taskClient(test.url, { token: await test.tokenFor('ann'), capabilities: {} })
    const { status, error } = await plain.call('gated_task', { key })
    expect(status).toBe(400)
    expect(error).toMatchObject({ code: -32_021, data: requiresTasks })
    expect(await notesOf()).toEqual([])
  })
})
