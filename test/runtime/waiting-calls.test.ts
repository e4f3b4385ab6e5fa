import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  begin,
  type ExecutorSetup,
  type JobChanges,
  jobFor,
  openBundle,
  processExecutor,
  resultOf,
  workerExecutor,
} from './bundles-on-disk.js'

const kinds = [
  { kind: 'process', create: processExecutor },
  { kind: 'worker', create: workerExecutor },
] as const

describe.each(kinds)('calls that wait for the $kind executor', ({ create }) => {
  let executor: Executor
  let caller: AbortController
  const open = (limits: NonNullable<ExecutorSetup['limits']>) => {
    executor = create({ limits })
  }
  const run = (endpointId: string, path = 'kinds:Tools.increment', changes: JobChanges = {}) =>
    resultOf(
      executor.run(jobFor(path, {}, { bundle: openBundle('kinds', endpointId), ...changes })),
    )
  /** Calls that run until the test ends them. */
  const occupy = async (endpointId: string, count: number, version = 'a') => {
    const bundle = openBundle('kinds', endpointId, version)
    const job = jobFor('kinds:Tools.waitForAbort', {}, { bundle, signal: caller.signal })
    const calls = Array.from({ length: count }, () => begin(executor, job))
    for (const { result } of calls) void result.catch(() => undefined)
    await Promise.all(calls.map(({ begun }) => begun))
  }

  beforeEach(() => {
    caller = new AbortController()
  })
  afterEach(() => executor.close())

  test('run in the order in which they came, once there is room', async () => {
    open({ maxConcurrentCalls: 1, maxWaitingCalls: 3 })
    await occupy('acme', 1)
    const counts = Promise.all([run('acme'), run('acme'), run('acme')])
    caller.abort()
    expect((await counts).map((result) => result['structuredContent'])).toEqual([
      { count: 1 },
      { count: 2 },
      { count: 3 },
    ])
  })

  test('are BUSY beyond their limit, for that tenant alone', async () => {
    open({ maxConcurrentCalls: 1, maxWaitingCalls: 2 })
    await occupy('flood', 1)
    const waiting = [run('flood'), run('flood')]
    await expect(run('flood')).rejects.toMatchObject({
      code: 'BUSY',
      message: expect.stringContaining('2 calls of this endpoint wait already'),
    })
    expect(await run('quiet')).toMatchObject({ structuredContent: { count: 1 } })
    caller.abort()
    await Promise.all(waiting)
  })

  test('end at their deadline and when they are cancelled, without having run', async () => {
    open({ maxConcurrentCalls: 1 })
    await occupy('acme', 1)
    const late = run('acme', 'kinds:Tools.increment', { deadline: Date.now() + 50 })
    await expect(late).rejects.toMatchObject({
      code: 'CALL_TIMED_OUT',
      message: expect.stringContaining('was not started'),
    })
    const client = new AbortController()
    const cancelled = run('acme', 'kinds:Tools.increment', { signal: client.signal })
    client.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    caller.abort()
    expect(await run('acme')).toMatchObject({ structuredContent: { count: 1 } })
  })

  test('of a tenant with its number of instances wait for one of its own', async () => {
    open({ maxInstances: 4, maxInstancesPerTenant: 1 })
    await occupy('acme', 1, 'a')
    const second = run('acme', 'kinds:Tools.increment', {
      bundle: openBundle('kinds', 'acme', 'b'),
    })
    expect(await run('other')).toMatchObject({ structuredContent: { count: 1 } })
    caller.abort()
    expect(await second).toMatchObject({ structuredContent: { count: 1 } })
  })

  test('of a tenant without any instance get the place of a tenant that has most', async () => {
    open({ maxInstances: 3, maxInstancesPerTenant: 3 })
    await occupy('crowd', 1, 'a')
    await occupy('crowd', 1, 'b')
    await occupy('crowd', 1, 'c')
    const quiet = run('quiet')
    // An instance of the crowd takes no new calls from now on, though its tenant has more to do.
    const more = run('crowd', 'kinds:Tools.increment', {
      bundle: openBundle('kinds', 'crowd', 'a'),
    })
    caller.abort()
    expect(await quiet).toMatchObject({ structuredContent: { count: 1 } })
    expect(await more).toMatchObject({ structuredContent: { count: 1 } })
  })

  test('go on in another instance when theirs dies', async () => {
    open({ maxConcurrentCalls: 1 })
    const bundle = openBundle('faults')
    const dying = resultOf(executor.run(jobFor('faults:Faults.exitLater', { ms: 100 }, { bundle })))
    const waiting = resultOf(executor.run(jobFor('faults:Faults.echo', { value: 1 }, { bundle })))
    await expect(dying).rejects.toMatchObject({ code: 'FUNCTION_FAILED' })
    expect(await waiting).toMatchObject({ structuredContent: { value: 1 } })
  })

  test('fail with SHUTTING_DOWN when the executor closes', async () => {
    open({ maxConcurrentCalls: 1 })
    await occupy('acme', 1)
    const waiting = run('acme').catch((error: unknown) => error)
    await executor.close()
    expect(await waiting).toMatchObject({ code: 'SHUTTING_DOWN' })
  })
})
