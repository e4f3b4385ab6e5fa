import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildGateway } from '../../src/app.js'
import type { Calls } from '../../src/calls/calls.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { StateStore } from '../../src/domain/state-store.js'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { ann, exchangeOf, gatewayOptions, toRequest } from '../dispatch/ask.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { readCall, taskClient, type TaskClient, withTasks } from './task-client.js'

let test: TestGateway
let client: TaskClient
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('task_tools')
  client = taskClient(test.url, { token: await test.tokenFor('ann') })
})
afterAll(async () => {
  hang.abort(new GatewayError('NOT_RECORDED', 'The instance is gone'))
  for (const gateway of gateways) await gateway.endBackground()
  await test.stop()
})

/** What tests have started of their own. */
const gateways: ReturnType<typeof buildGateway>[] = []

/** What an instance waits for that has gone. */
const hang = new AbortController()
const forEver = () =>
  new Promise<never>((_resolve, reject) => {
    hang.signal.addEventListener('abort', () => reject(hang.signal.reason))
    if (hang.signal.aborted) reject(hang.signal.reason)
  })

const recordOf = async (taskId: string) =>
  (await readStoredCalls(test.dataFolder)).find((call) => call.mcp_function_call_uuid === taskId)

const notes = async (key: string) =>
  (await client.call('notes', { key })).result.structuredContent?.['notes']

/** An instance with a clock of its own, and maybe other parts. */
function gatewayAt(
  now: () => number,
  changes: { calls?: Calls; state?: StateStore; options?: object } = {},
) {
  const { options = {}, ...parts } = changes
  const gateway = buildGateway(
    { ...test.parts, ...parts, clock: { now } },
    { ...gatewayOptions, ...options },
  )
  gateways.push(gateway)
  const send = (method: string, params: JsonObject) => {
    const modern = { era: 'modern', version: '2026-07-28', clientCapabilities: withTasks } as const
    const request = toRequest({ method, params, ...modern } as Parameters<typeof toRequest>[0])
    return gateway.dispatch.handle(ann, request, exchangeOf())
  }
  return { ...gateway, send }
}

/** An instance that hears nothing more of its stores once it has died, and writes nothing. */
function mortalGateway() {
  let isDead = false
  const mortal = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => (isDead ? forEver() : Reflect.apply(method, target, args))
      },
    })
  const { state, calls } = test.parts
  const gateway = gatewayAt(Date.now, { state: mortal(state), calls: mortal(calls) })
  return { ...gateway, die: () => void (isDead = true) }
}

/** When the lease that an instance holds now is over, for all clocks. */
const LEASE_OVER_MS = 36_000
const later = () => gatewayAt(() => Date.now() + LEASE_OVER_MS)

const interrupted = {
  status: 'failed',
  error: { code: -31_015, message: expect.stringContaining('interrupted') },
}

describe('a task whose instance has gone', () => {
  it('dies with it, and fails for whoever asks next; its call is recorded', async () => {
    const key = randomUUID()
    const dying = mortalGateway()
    const begun = await dying.send('tools/call', { name: 'gated', arguments: { key } })
    const taskId = String(begun['taskId'])
    dying.die()
    expect(await later().send('tasks/get', { taskId })).toMatchObject(interrupted)
    expect(await recordOf(taskId)).toMatchObject({
      name: 'gated',
      status: 'failed',
      arguments: JSON.stringify({ key }),
      error: { code: 'INTERRUPTED' },
    })
    expect(await client.get(taskId)).toMatchObject(interrupted)
    expect(await readCall(client, taskId)).toMatchObject({
      status: 'failed',
      error: { code: 'INTERRUPTED' },
    })
  })

  it('fails as interrupted too when it was written down that its call runs', async () => {
    const dying = mortalGateway()
    const begun = await dying.send('tools/call', { name: 'gated', arguments: { key: 'long' } })
    const taskId = String(begun['taskId'])
    await vi.waitFor(
      async () => expect(await recordOf(taskId)).toMatchObject({ status: 'in_process' }),
      { timeout: 10_000, interval: 100 },
    )
    dying.die()
    expect(await later().send('tasks/get', { taskId })).toMatchObject(interrupted)
    expect(await recordOf(taskId)).toMatchObject({
      status: 'failed',
      error: { code: 'INTERRUPTED' },
    })
  })

  it('is held by its lease, and not a moment longer; who seemed dead ends its run', async () => {
    const key = randomUUID()
    const taskId = await client.begin('gated', { key })
    await vi.waitFor(async () => expect(await notes(key)).toEqual(['began']))
    const soon = gatewayAt(() => Date.now() + 20_000)
    expect(await soon.send('tasks/get', { taskId })).toMatchObject({ status: 'working' })
    const asked = await Promise.all([1, 2, 3].map(() => later().send('tasks/get', { taskId })))
    expect(asked).toContainEqual(expect.objectContaining({ status: 'failed' }))
    for (const each of asked) expect(each['status']).toMatch(/working|failed/)
    await vi.waitFor(async () => expect(await notes(key)).toEqual(['began', 'aborted']), 20_000)
    expect(await client.get(taskId)).toMatchObject(interrupted)
    expect(await recordOf(taskId)).toMatchObject({ error: { code: 'INTERRUPTED' } })
  })

  it('takes neither answers nor cancels, and stays failed', async () => {
    const taskId = await client.begin('confirm')
    await client.until(taskId, 'input_required')
    const user = { action: 'accept', content: { name: 'Ann' } }
    expect(await later().send('tasks/update', { taskId, inputResponses: { user } })).toEqual({})
    expect(await later().send('tasks/cancel', { taskId })).toEqual({})
    expect(await client.get(taskId)).toMatchObject(interrupted)
  })

  it('ends as it was recorded, when only the task did not get to know', async () => {
    const { calls: real } = test.parts
    const recorded = vi.fn<() => void>()
    const calls: Calls = {
      ...real,
      finish: async (call) => {
        await real.finish(call)
        recorded()
        // The instance is gone before it can write more.
        await forEver()
      },
    }
    const dying = gatewayAt(Date.now, { calls })
    const { taskId } = await dying.send('tools/call', { name: 'fail', arguments: {} })
    await vi.waitFor(() => expect(recorded).toHaveBeenCalled())
    expect(await client.get(String(taskId))).toMatchObject({ status: 'working' })
    expect(await later().send('tasks/get', { taskId })).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ text: 'it broke' }] },
    })
    expect(await client.get(String(taskId))).toMatchObject({ status: 'completed' })
  })

  it('was cancelled before: then it is recorded as cancelled', async () => {
    const key = randomUUID()
    const calls: Calls = { ...test.parts.calls, finish: forEver }
    const dying = gatewayAt(Date.now, { calls })
    const { taskId } = await dying.send('tools/call', { name: 'gated', arguments: { key } })
    await dying.send('tasks/cancel', { taskId })
    expect(await recordOf(String(taskId))).toBeUndefined()
    expect(await later().send('tasks/get', { taskId })).toMatchObject({ status: 'cancelled' })
    expect(await recordOf(String(taskId))).toMatchObject({ status: 'cancelled' })
    expect(await client.get(String(taskId))).toMatchObject({ status: 'cancelled' })
  })
})

describe('a task that lives for longer than a lease', () => {
  it('is held on to', async () => {
    const key = randomUUID()
    let aheadMs = 0
    const held = gatewayAt(() => Date.now() + aheadMs)
    const { taskId } = await held.send('tools/call', { name: 'gated', arguments: { key } })
    for (aheadMs of [25_000, 50_000]) {
      const look = gatewayAt(() => Date.now() + aheadMs + 15_000)
      await vi.waitFor(
        async () => {
          const { clock, state } = test.parts
          const id = String(taskId)
          const stored = await state.read({ endpointId: 'default', kind: 'task', id })
          const leaseUntil = Number(stored?.value['leaseUntil'])
          expect(leaseUntil).toBeGreaterThan(clock.now() + aheadMs + 20_000)
        },
        { timeout: 10_000 },
      )
      expect(await look.send('tasks/get', { taskId })).toMatchObject({ status: 'working' })
    }
    await held.send('tasks/cancel', { taskId })
  })

  it('is forgotten when its time is over', async () => {
    const options = { taskTtlMs: 60_000 }
    const brief = gatewayAt(Date.now, { options })
    const { taskId } = await brief.send('tools/call', { name: 'fail', arguments: {} })
    await client.until(String(taskId), 'completed')
    const { state } = test.parts
    const stored = await state.read({ endpointId: 'default', kind: 'task', id: String(taskId) })
    expect(stored?.expiresAt).toBe(Number(stored?.value['createdAt']) + 60_000)
  })

  it('is stopped at its time limit, and told so', async () => {
    const key = randomUUID()
    const brief = gatewayAt(Date.now, { options: { taskTimeoutMs: 300 } })
    const { taskId } = await brief.send('tools/call', { name: 'gated', arguments: { key } })
    expect((await client.until(String(taskId), 'completed')).result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('did not answer in its time') }],
    })
    expect(await recordOf(String(taskId))).toMatchObject({ status: 'timed_out' })
  })

  it('outlives the limit of calls whose clients wait', async () => {
    const key = randomUUID()
    const brief = gatewayAt(Date.now, { options: { callTimeoutMs: 10 } })
    const { taskId } = await brief.send('tools/call', { name: 'gated', arguments: { key } })
    await client.call('greet', { name: 'Ann' })
    await client.call('open', { key })
    const done = await client.until(String(taskId), 'completed')
    expect(done.result).toMatchObject({ structuredContent: { key } })
  })
})

describe('an instance that stops', () => {
  it('gives its tasks their time, and takes no new ones', async () => {
    const key = randomUUID()
    const stopping = gatewayAt(Date.now)
    const { taskId } = await stopping.send('tools/call', { name: 'gated', arguments: { key } })
    const ended = stopping.endTasks(20_000)
    await expect(
      stopping.send('tools/call', { name: 'gated', arguments: { key } }),
    ).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    await client.call('open', { key })
    await ended
    expect(await client.get(String(taskId))).toMatchObject({ status: 'completed' })
  })

  it('ends what takes longer as interrupted, recorded before it is gone', async () => {
    const key = randomUUID()
    const stopping = gatewayAt(Date.now)
    const { taskId } = await stopping.send('tools/call', { name: 'gated', arguments: { key } })
    await stopping.endTasks(0)
    expect(await client.get(String(taskId))).toMatchObject(interrupted)
    expect(await recordOf(String(taskId))).toMatchObject({
      status: 'failed',
      error: { code: 'INTERRUPTED' },
    })
  })
})

describe('a task that cannot be recorded', () => {
  it('has failed also when it is recorded that its call has begun', async () => {
    const { calls: real } = test.parts
    const refused = new GatewayError('NOT_RECORDED', 'The call could not be recorded')
    const calls: Calls = {
      ...real,
      finish: async (call) => {
        const begun = { ...call, status: 'in_process', content: undefined } as const
        await real.finish({ ...begun, deadline: Date.now() + 60_000 })
        throw refused
      },
    }
    const { taskId } = await gatewayAt(Date.now, { calls }).send('tools/call', {
      name: 'fail',
      arguments: {},
    })
    expect(await client.until(String(taskId), 'failed')).toMatchObject({ error: { code: -31_006 } })
  })

  it('has failed: there is no result to fetch', async () => {
    const refused = new GatewayError('NOT_RECORDED', 'The call could not be recorded')
    const calls: Calls = { ...test.parts.calls, finish: () => Promise.reject(refused) }
    const { taskId } = await gatewayAt(Date.now, { calls }).send('tools/call', {
      name: 'fail',
      arguments: {},
    })
    expect(await client.until(String(taskId), 'failed')).toMatchObject({ error: { code: -31_006 } })
  })
})
