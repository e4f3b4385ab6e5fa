import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { buildGateway } from '../../src/app.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { StateStore } from '../../src/domain/state-store.js'
import type { Parts } from '../../src/parts.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ann, ask, exchangeOf, gatewayOptions, toolCall } from './ask.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('journey_tools')
  await test.publish('task_tools', 'tasks')
  await test.publish('asking_tools', 'asking')
})
afterAll(async () => {
  hang.abort()
  for (const gateway of gateways) await gateway.endBackground()
  await test.stop()
})

const gateways: ReturnType<typeof buildGateway>[] = []

/** Another instance, some of whose parts do as a test wants them to. */
function instance(changes: Partial<Parts>, { callTimeoutMs = 2000 } = {}): TestGateway {
  const options = { ...gatewayOptions, callTimeoutMs }
  const gateway = buildGateway({ ...test.parts, ...changes }, options)
  gateways.push(gateway)
  return { ...test, gateway }
}

function signal() {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}

/** What an instance waits for that has gone. */
const hang = new AbortController()
const forEver = () =>
  new Promise<never>((_resolve, reject) => {
    hang.signal.addEventListener('abort', () => reject(hang.signal.reason))
  })

/** A store in which keys of calls are freed only then. */
function freeingAfter(wait: () => Promise<void>): StateStore {
  const { state } = test.parts
  return {
    ...state,
    replace: async (item, version, value) => {
      if (item.kind === 'idempotency') await wait()
      return state.replace(item, version, value)
    },
    remove: async (item) => {
      if (item.kind === 'idempotency') await wait()
      return state.remove(item)
    },
  }
}

let key: string
let serial = 0
beforeEach(() => {
  key = `key-${++serial}`
})

const whoami = () => toolCall('whoami', {}, { idempotencyKey: key })

/** What the function says of its call. */
async function callOf(on: TestGateway) {
  const { result, callId } = await ask(on, whoami())
  return { answer: result['structuredContent'], callId }
}

describe('a key whose call has ended without having run to an end', () => {
  /** One that goes before it frees a key of its calls. */
  const dying = (changes: Partial<Parts> = {}) => {
    return instance({ ...changes, state: freeingAfter(forEver) })
  }
  const busy = new GatewayError('BUSY', 'no room')
  const withoutRoom = (): Partial<Parts> => ({
    executor: { ...test.parts.executor, run: () => Promise.reject(busy) },
  })
  const recorded = (endpointId: string, status: string) =>
    vi.waitFor(async () => {
      const { calls } = await test.parts.calls.list({ endpointId, limit: 1 })
      expect(calls).toMatchObject([{ status }])
    })

  it('is free for who asks before it was freed: questions are asked anew', async () => {
    const caller = { ...ann, endpointId: 'asking' }
    const request = toolCall(
      'greet',
      {},
      {
        era: 'modern',
        version: '2026-07-28',
        clientCapabilities: { elicitation: { form: {} } },
        idempotencyKey: key,
      },
    )
    void ask(dying(), request, { caller }).catch(() => undefined)
    await recorded('asking', 'input_required')
    const { result } = await ask(instance({}), request, { caller })
    expect(result).toMatchObject({ requestState: expect.any(String) })
  })

  it('is free for who asks before it was freed: what had no room is run', async () => {
    void ask(dying(withoutRoom()), whoami()).catch(() => undefined)
    await recorded('default', 'failed')
    expect((await callOf(instance({}))).answer).toMatchObject({ userId: 'ann' })
  })

  it('is freed though that could not be recorded', async () => {
    const { calls } = test.parts
    const lost = new GatewayError('NOT_RECORDED', 'The call could not be recorded')
    const unwritten: Parts['calls'] = {
      ...calls,
      open: (endpointId) => ({ ...calls.open(endpointId), end: () => Promise.reject(lost) }),
    }
    const first = instance({ ...withoutRoom(), calls: unwritten })
    await expect(ask(first, whoami())).rejects.toBe(lost)
    expect((await callOf(instance({}))).answer).toMatchObject({ userId: 'ann' })
  })

  it('that another call has by then stays with that one', async () => {
    const held = signal()
    const slow = freeingAfter(() => held.given)
    const refused = ask(instance({ ...withoutRoom(), state: slow }), whoami()).catch(
      (error: unknown) => error,
    )
    await recorded('default', 'failed')
    const first = await callOf(instance({}))
    held.give()
    expect(await refused).toBe(busy)
    expect(await callOf(instance({}))).toEqual(first)
  })
})

describe('a key of a call that goes on in the background', () => {
  const caller = { ...ann, endpointId: 'tasks' }
  const gated = () => toolCall('gated', { key }, { idempotencyKey: key })

  it('is found by two at the same time, before there is a task', async () => {
    const { state } = test.parts
    const claimed = signal()
    const lookedFor = signal()
    const first = instance({
      state: {
        ...state,
        create: async (item, value) => {
          if (item.kind === 'task') await lookedFor.given
          const isNew = await state.create(item, value)
          if (item.kind === 'idempotency') claimed.give()
          return isNew
        },
      },
    })
    const second = instance({
      state: {
        ...state,
        read: async (item) => {
          const found = await state.read(item)
          if (item.kind === 'task') lookedFor.give()
          return found
        },
      },
    })
    const begun = ask(first, gated(), { caller })
    await claimed.given
    const [one, two] = await Promise.all([begun, ask(second, gated(), { caller })])
    expect(two.result).toEqual(one.result)
    await ask(test, toolCall('open', { key }), { caller })
  })

  it('is free again when it never began, since its instance stops', async () => {
    const stopping = instance({})
    await stopping.gateway.endTasks(0)
    await expect(ask(stopping, gated(), { caller })).rejects.toMatchObject({
      code: 'SHUTTING_DOWN',
    })
    const { result } = await ask(instance({}), gated(), { caller })
    expect(JSON.stringify(result)).toContain('The call goes on in the background')
    await ask(test, toolCall('open', { key }), { caller })
  })

  it('is its own while its client is asked: the call may take as much longer', async () => {
    const { roundTtlMs } = gatewayOptions
    const callTimeoutMs = 300
    const over = new AbortController()
    const asked = vi.fn<() => void>()
    const exchange = exchangeOf({
      signal: over.signal,
      ask: (_method, _params, until) => {
        asked()
        return new Promise((_resolve, reject) => {
          until.addEventListener('abort', () => reject(until.reason))
        })
      },
    })
    const request = toolCall(
      'interview',
      {},
      { idempotencyKey: key, clientCapabilities: { elicitation: { form: {} } } },
    )
    const waits = { callTimeoutMs: 20_000 }
    const { gateway } = instance({}, waits)
    const call = gateway.dispatch.handle(caller, request, exchange).catch(() => undefined)
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), { timeout: 10_000 })
    const running = { endpointId: 'tasks', status: 'in_process', limit: 1 } as const
    const [record] = await vi.waitFor(
      async () => {
        const { calls } = await test.parts.calls.list({
          ...running,
          name: 'interview',
          mcpType: 'tool',
        })
        expect(calls).toHaveLength(1)
        return calls
      },
      { timeout: 10_000, interval: 100 },
    )
    expect(record?.deadline).toBe(Number(record?.createdAt) + waits.callTimeoutMs + roundTtlMs)
    // More than a minute after the time that it would have had without questions.
    const clock = { now: () => Date.now() + waits.callTimeoutMs + roundTtlMs }
    const late = instance({ clock }, { callTimeoutMs })
    await expect(ask(late, request, { caller })).rejects.toMatchObject({ code: 'BUSY' })
    over.abort()
    await call
  })
})
