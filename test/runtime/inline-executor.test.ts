import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import { begin, inlineExecutor, jobFor, openBundle, resultOf } from './bundles-on-disk.js'
import type { JobChanges } from './bundles-on-disk.js'

let executor: Executor
const run = (path: string, input?: unknown, changes?: JobChanges) =>
  resultOf(executor.run(jobFor(path, input, changes)))

beforeEach(() => {
  executor = inlineExecutor()
})
afterEach(() => executor.close())

test('one call more than an instance may have is BUSY', async () => {
  const caller = new AbortController()
  const job = jobFor('kinds:Tools.waitForAbort', {}, { signal: caller.signal })
  const waiting = Array.from({ length: 8 }, () => begin(executor, job))
  await Promise.all(waiting.map(({ begun }) => begun))
  await expect(run('kinds:Tools.give', { value: 1 })).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining('maxConcurrentCalls'),
  })
  caller.abort()
  await Promise.allSettled(waiting.map(({ result }) => result))
})

test('one busy instance more than there may be is BUSY; an idle one makes room', async () => {
  const caller = new AbortController()
  const { signal } = caller
  const instances = ['a', 'b', 'c', 'd'].map((version) => {
    const bundle = openBundle('kinds', 'acme', version)
    return begin(executor, jobFor('kinds:Tools.waitForAbort', {}, { bundle, signal }))
  })
  await Promise.all(instances.map(({ begun }) => begun))
  const bundle = openBundle('kinds', 'acme', 'e')
  const fifth = () => run('kinds:Tools.increment', {}, { bundle })
  await expect(fifth()).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining('maxInstances'),
  })
  caller.abort()
  await Promise.allSettled(instances.map(({ result }) => result))
  // An answer in the oldest instance shows that its aborted call has ended.
  await run('kinds:Tools.increment')
  expect(await fifth()).toHaveProperty('structuredContent', { count: 1 })
})

test('a module that never ends loading is given up', async () => {
  const impatient = inlineExecutor({ checkTimeoutMs: 100 })
  const method = { moduleName: 'waiting', className: 'A', functionName: 'b' }
  expect(await impatient.check(openBundle('faults'), [method])).toEqual([
    'The modules did not load within 100 ms',
  ])
})
