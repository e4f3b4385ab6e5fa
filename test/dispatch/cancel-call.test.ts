import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Exchange } from '../../src/dispatch/dispatch.js'
import type { JsonObject, McpRequest } from '../../src/protocol/protocol.js'
import { taskClient, type TaskClient, withTasks } from '../tasks/task-client.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { listen } from '../user-events/event-client.js'
import { ann, exchangeOf, toolCall } from './ask.js'

/** The endpoint whose calls go on without their clients. */
const BACKGROUND = 'background'

/** Milliseconds: nothing tells that something is stored. */
const WITHIN = { timeout: 20_000, interval: 10 }

let test: TestGateway
let client: TaskClient
beforeAll(async () => {
  const env = {
    RECORD_START_AFTER_MS: '10',
    MAX_CALLS_PER_WORKER: '4',
    MAX_WORKERS_PER_ENDPOINT: '1',
  }
  test = await startTestGateway({ env })
  await test.publish('journey_tools')
  await test.publish('asking_tools', 'asking')
  await test.publish('task_tools', BACKGROUND)
  const token = await test.tokenFor('ann', BACKGROUND)
  client = taskClient(test.url, { token, endpointId: BACKGROUND })
})
afterAll(() => test.stop())

const cancel = (callId: string, reason = 'it costs too much', endpointId = 'default') =>
  test.gateway.dispatch.cancelCall(endpointId, callId, reason)

const recordOf = async (callId: string, endpointId = 'default') =>
  (await readStoredCalls(test.dataFolder, endpointId)).find(
    (call) => call.mcp_function_call_uuid === callId,
  )

/** The id of the call of that name that runs, once it is written down. */
const runningCall = (name: string, endpointId = 'default') =>
  vi.waitFor(async () => {
    const query = { endpointId, mcpType: 'tool', name, status: 'in_process' } as const
    const { calls } = await test.parts.calls.list({ ...query, limit: 1 })
    const [{ callId } = { callId: '' }] = calls
    expect(callId).not.toBe('')
    return callId
  }, WITHIN)

const handle = (request: McpRequest, exchange: Partial<Exchange> = {}, caller = ann) => {
  const answer = test.gateway.dispatch.handle(caller, request, exchangeOf(exchange))
  return { answer: answer.catch((error: unknown) => error) }
}

const cancelled = (reason: string) => ({
  code: 'CALL_CANCELLED',
  message: `The call was cancelled by an administrator${reason}`,
})

describe('a call that is cancelled by its id', () => {
  it('ends at once, is recorded as cancelled, and its client is told why', async () => {
    const { answer } = handle(toolCall('wait'))
    const callId = await runningCall('wait')
    expect(cancel(callId)).toBe(true)
    expect(await answer).toMatchObject(cancelled(': it costs too much'))
    expect(await recordOf(callId)).toMatchObject({
      status: 'cancelled',
      error: cancelled(': it costs too much'),
    })
    expect(cancel(callId)).toBe(false)
  })

  it('is answered over HTTP, and its user hears of it', async () => {
    const token = await test.tokenFor('ann')
    const events = await listen(test, { token })
    const url = new URL('/default/mcp', test.url)
    const response = fetch(url, modernPost('tools/call', { name: 'wait', arguments: {} }, token))
    const callId = await runningCall('wait')
    expect(cancel(callId, '')).toBe(true)
    expect(await (await response).text()).toContain(cancelled('').message)
    const { data } = await events.nextOf('call.cancelled')
    expect(data).toMatchObject({ callId, status: 'cancelled', error: cancelled('') })
    events.close()
  })

  it('is not found at another endpoint, nor by another id, and goes on', async () => {
    const controller = new AbortController()
    const { answer } = handle(toolCall('wait'), { signal: controller.signal })
    const callId = await runningCall('wait')
    expect(cancel(callId, '', 'elsewhere')).toBe(false)
    expect(cancel(randomUUID())).toBe(false)
    expect(cancel('')).toBe(false)
    expect(await recordOf(callId)).toMatchObject({ status: 'in_process' })
    controller.abort()
    expect(await answer).toMatchObject({
      code: 'CALL_CANCELLED',
      message: expect.stringContaining('by its caller'),
    })
  })

  it('is told no more than 200 characters of a reason', async () => {
    const { answer } = handle(toolCall('wait'))
    cancel(await runningCall('wait'), 'r'.repeat(10_000))
    expect(await answer).toMatchObject(cancelled(`: ${'r'.repeat(200)}`))
  })

  it('ends while it waits for answers, and its client is asked no longer', async () => {
    const asking = new EventEmitter()
    const ask = (_method: string, _params: JsonObject, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('asked no longer')))
        asking.emit('asked', signal)
      })
    const asked = once(asking, 'asked') as Promise<[AbortSignal]>
    const clientCapabilities = { elicitation: { form: {} } }
    const caller = { ...ann, endpointId: 'asking' }
    const { answer } = handle(toolCall('interview', {}, { clientCapabilities }), { ask }, caller)
    const callId = await runningCall('interview', 'asking')
    const [signal] = await asked
    expect(cancel(callId, 'it is late', 'asking')).toBe(true)
    expect(await answer).toMatchObject(cancelled(': it is late'))
    expect(signal.aborted).toBe(true)
    expect(await recordOf(callId, 'asking')).toMatchObject({ status: 'cancelled' })
  })

  it('ends while it waits for a place to run in', async () => {
    const busy = Array.from({ length: 4 }, () => new AbortController())
    const running = busy.map(({ signal }) => handle(toolCall('wait'), { signal }).answer)
    await vi.waitFor(async () => {
      const query = { endpointId: 'default', status: 'in_process', limit: 10 } as const
      expect((await test.parts.calls.list(query)).calls).toHaveLength(4)
    }, WITHIN)
    const { answer } = handle(toolCall('echo', { text: 'waits' }))
    const callId = await runningCall('echo')
    expect(cancel(callId)).toBe(true)
    expect(await answer).toMatchObject(cancelled(': it costs too much'))
    for (const controller of busy) controller.abort()
    await Promise.all(running)
  })
})

describe('a call in the background that is cancelled by its id', () => {
  it('is a cancelled task, recorded with the reason', async () => {
    const taskId = await client.begin('gated', { key: randomUUID() })
    expect(cancel(taskId)).toBe(false)
    expect(cancel(taskId, 'it is late', BACKGROUND)).toBe(true)
    expect(await client.until(taskId, 'cancelled')).not.toHaveProperty('result')
    await vi.waitFor(
      async () =>
        expect(await recordOf(taskId, BACKGROUND)).toMatchObject({
          status: 'cancelled',
          error: cancelled(': it is late'),
        }),
      WITHIN,
    )
    expect(cancel(taskId, '', BACKGROUND)).toBe(false)
  })

  it('is so too when its user may not know its tool any longer', async () => {
    const taskId = await client.begin('gated', { key: randomUUID() })
    const tool = { endpointId: BACKGROUND, mcpType: 'tool', key: 'gated', actor: 'root' } as const
    await test.parts.catalog.setOverride({ ...tool, access: { deny: ['user:ann'] } })
    expect((await client.cancel(taskId)).error).toBeDefined()
    expect(cancel(taskId, '', BACKGROUND)).toBe(true)
    await vi.waitFor(
      async () =>
        expect(await recordOf(taskId, BACKGROUND)).toMatchObject({
          status: 'cancelled',
          error: cancelled(''),
        }),
      WITHIN,
    )
    await test.parts.catalog.setOverride({ ...tool, access: null })
  })

  it('before it has a handle is a cancelled task too', async () => {
    const request = toolCall(
      'gated',
      { key: randomUUID() },
      { era: 'modern', version: '2026-07-28', clientCapabilities: withTasks },
    )
    const { state } = test.parts
    const create = state.create.bind(state)
    let hasCancelled = false
    state.create = async (key, item) => {
      if (key.kind === 'task') hasCancelled = cancel(key.id, '', BACKGROUND)
      return create(key, item)
    }
    const caller = { ...ann, endpointId: BACKGROUND }
    const answer = await test.gateway.dispatch.handle(caller, request, exchangeOf())
    state.create = create
    expect(hasCancelled).toBe(true)
    await client.until(String(answer['taskId']), 'cancelled')
  })
})
