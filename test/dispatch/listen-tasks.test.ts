import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.js'
import type { Caller } from '../../src/domain/caller.js'
import { systemClock } from '../../src/domain/clock.js'
import { GatewayError } from '../../src/domain/errors.js'
import type { Notice } from '../../src/domain/notice.js'
import { createListen } from '../../src/dispatch/listen.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import type { EventListener, EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import type { JsonObject, RequestOf } from '../../src/protocol/protocol.js'
import { createSubscriptions } from '../../src/subscriptions/subscriptions.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { aSnapshot } from '../subscriptions/snapshots.js'

const clock = systemClock
const log = silentLog
const limits = { maxEvents: 1000, maxBytes: 1_000_000, maxAgeMs: 60_000 }
const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }

let memory: EventLog
const listeners: EventListener[] = []
let stop: (() => void)[] = []
beforeEach(() => {
  memory = createMemoryEventLog({ ...limits, clock, log })
})
afterEach(async () => {
  for (const end of stop.splice(0)) end()
  listeners.length = 0
  await memory.close()
})

const snapshot = aSnapshot('v1', { tools: ['one'] })
const catalog = {
  snapshot: async () => snapshot,
  recent: () => snapshot,
}

/** Tasks of users, and what a look at one waits for. */
function createTasks(owners: Record<string, string>) {
  const status: Record<string, string> = {}
  let gate: Promise<void> | undefined
  let unblock = () => {}
  return {
    status,
    block: () => {
      gate = new Promise((resolve) => (unblock = resolve))
    },
    unblock: () => unblock(),
    detailTask: async ({ userId }: Caller, taskId: string): Promise<JsonObject> => {
      await gate
      if (status[taskId] === 'unreadable') throw new Error('the store is away')
      const isThere = owners[taskId] === userId && status[taskId] !== 'gone'
      if (!isThere) throw new GatewayError('TASK_NOT_FOUND', 'Task not found')
      return { taskId, status: status[taskId] ?? 'working' }
    },
  }
}

const declared = { extensions: { 'io.modelcontextprotocol/tasks': {} } }

function open(tasks: ReturnType<typeof createTasks>) {
  const events: EventLog = {
    ...memory,
    subscribe: (stream, listener) => {
      listeners.push(listener)
      return memory.subscribe(stream, listener)
    },
  }
  const signals = createEndpointSignals(events, log)
  const subscriptions = createSubscriptions({ catalog, events, signals, clock, log })
  const { visible, look } = createAccess({ catalog })
  const handle = createListen({ visible, look, subscriptions, detailTask: tasks.detailTask })
  const announce = (notice: Notice) => subscriptions.announce('acme', notice)
  stop.push(() => subscriptions.close())
  const listen = (notifications: object, clientCapabilities: JsonObject = declared) => {
    const [client, server] = [new AbortController(), new AbortController()]
    const frames: JsonObject[] = []
    const request = { id: 'l', era: 'modern', params: { notifications }, clientCapabilities }
    const result = Promise.resolve(
      handle(ann, request as RequestOf<'subscriptions/listen'>, {
        signal: client.signal,
        closing: server.signal,
        notify: (frame) => void frames.push(frame),
      }),
    )
    result.catch(() => undefined)
    stop.push(() => client.abort())
    const until = (count: number) => expect.poll(() => frames.length).toBe(count)
    return { frames, result, until, leave: () => client.abort(), close: () => server.abort() }
  }
  return { announce, listen }
}

const task = (taskId: string, userId = 'ann'): Notice => ({ type: 'task.changed', taskId, userId })
const tools: Notice = { type: 'list.changed', list: 'tools' }
const paramsOf = (frame: JsonObject | undefined) => frame?.['params'] as JsonObject | undefined
const heardOf = ({ frames }: { frames: JsonObject[] }) =>
  frames.map((frame) => paramsOf(frame)?.['taskId'] ?? paramsOf(frame)?.['uri'] ?? frame['method'])

describe('a client that listens to tasks', () => {
  it('hears how its own stand, in full, with the id of its subscription', async () => {
    const tasks = createTasks({ a: 'ann', b: 'bob' })
    const { announce, listen } = open(tasks)
    const stream = listen({ taskIds: ['a', 'b', 'a', 'none'] })
    await stream.until(1)
    const meta = { 'io.modelcontextprotocol/subscriptionId': 'l' }
    expect(paramsOf(stream.frames[0])).toEqual({ notifications: { taskIds: ['a'] }, _meta: meta })
    tasks.status['a'] = 'completed'
    await announce(task('b', 'bob'))
    await announce(task('a', 'bob'))
    await announce(task('a'))
    await stream.until(2)
    expect(stream.frames[1]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/tasks',
      params: { taskId: 'a', status: 'completed', _meta: meta },
    })
  })

  it('is refused without the extension, which is named', async () => {
    const stream = open(createTasks({ a: 'ann' })).listen({ taskIds: ['a'] }, {})
    await expect(stream.result).rejects.toMatchObject({
      code: 'MISSING_CAPABILITY',
      data: { requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } } },
    })
    expect(stream.frames).toEqual([])
  })

  it('hears everything in order, however long it takes to look a task up', async () => {
    const tasks = createTasks({ a: 'ann', b: 'ann' })
    const { announce, listen } = open(tasks)
    const stream = listen({ toolsListChanged: true, taskIds: ['a', 'b'] })
    await stream.until(1)
    tasks.block()
    for (const notice of [task('a'), tools, task('b'), tools, task('a')]) await announce(notice)
    expect(stream.frames).toHaveLength(1)
    tasks.unblock()
    await stream.until(5)
    expect(heardOf(stream).slice(1)).toEqual(['a', 'notifications/tools/list_changed', 'b', 'a'])
  })

  it('hears no more of a task that has gone, and of the others as before', async () => {
    const tasks = createTasks({ a: 'ann', b: 'ann' })
    const { announce, listen } = open(tasks)
    const stream = listen({ taskIds: ['a', 'b'] })
    await stream.until(1)
    tasks.status['a'] = 'gone'
    await announce(task('a'))
    await announce(task('b'))
    await stream.until(2)
    expect(heardOf(stream).at(-1)).toBe('b')
  })

  it('is answered with an error when a task cannot be read: nothing is left out in silence', async () => {
    const tasks = createTasks({ a: 'ann' })
    const { announce, listen } = open(tasks)
    const stream = listen({ taskIds: ['a'] })
    await stream.until(1)
    tasks.status['a'] = 'unreadable'
    await announce(task('a'))
    await expect(stream.result).rejects.toThrow('the store is away')
  })
})

describe('a client that listens', () => {
  it('is told everything that it asked for, once, where notices were lost', async () => {
    const { announce, listen } = open(createTasks({ a: 'ann' }))
    const uri = 'mcp://function-call/1'
    const stream = listen({
      toolsListChanged: true,
      promptsListChanged: true,
      resourceSubscriptions: [uri],
      taskIds: ['a'],
    })
    await stream.until(1)
    for (const { onDropped } of listeners) onDropped()
    await stream.until(5)
    await announce(tools)
    await stream.until(6)
    expect(heardOf(stream).slice(1)).toEqual([
      'notifications/tools/list_changed',
      'notifications/prompts/list_changed',
      uri,
      'a',
      'notifications/tools/list_changed',
    ])
  })

  it('misses nothing that comes before it is acknowledged, and hears it after', async () => {
    const { announce, listen } = open(createTasks({}))
    const known = catalog.snapshot
    let look = () => {}
    const looked = new Promise<void>((resolve) => (look = resolve))
    catalog.snapshot = async () => {
      await looked
      return known()
    }
    const stream = listen({ toolsListChanged: true })
    await expect.poll(() => listeners.length).toBe(1)
    await announce(tools)
    look()
    await stream.until(2)
    catalog.snapshot = known
    expect(stream.frames.map(({ method }) => method)).toEqual([
      'notifications/subscriptions/acknowledged',
      'notifications/tools/list_changed',
    ])
  })

  it.each(['leave', 'close'] as const)('hears nothing after the end (%s)', async (end) => {
    const tasks = createTasks({ a: 'ann' })
    const { announce, listen } = open(tasks)
    const stream = listen({ toolsListChanged: true, taskIds: ['a'] })
    await stream.until(1)
    tasks.block()
    await announce(task('a'))
    await announce(tools)
    stream[end]()
    await expect(stream.result).resolves.toMatchObject({
      _meta: { 'io.modelcontextprotocol/subscriptionId': 'l' },
    })
    tasks.unblock()
    await announce(tools)
    expect(stream.frames).toHaveLength(1)
  })
})
