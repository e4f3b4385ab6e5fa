import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  begin,
  inlineExecutor,
  jobFor,
  recorder,
  recordingLog,
  resultOf,
  processExecutor,
  workerExecutor,
} from './bundles-on-disk.js'

const executors = [
  { kind: 'process', create: processExecutor },
  { kind: 'worker', create: workerExecutor },
  { kind: 'inline', create: inlineExecutor },
] as const

describe.each(executors)('the $kind executor', ({ create }) => {
  let executor: Executor
  const { log, lines } = recordingLog()
  const run = (method: string, input?: unknown, changes?: Parameters<typeof jobFor>[2]) =>
    resultOf(executor.run(jobFor(`notices:Notices.${method}`, input, changes)))

  beforeEach(() => {
    lines.length = 0
    executor = create({ log })
  })
  afterEach(() => executor.close())

  describe('what a function says to more than its caller', () => {
    test('arrives in order, before the result', async () => {
      const { recorded, listeners } = recorder()
      const said = run('say', {}, listeners).then(() => [...recorded.notices])
      expect(await said).toEqual([
        'updated docs://guide',
        'changed tools',
        'changed prompts',
        'changed resources',
        'close',
      ])
    })

    test('reaches nobody after the end of the call', async () => {
      const { recorded, listeners } = recorder()
      await run('sayAfterTheEnd', {}, listeners)
      await run('settle')
      expect(recorded.notices).toEqual([])
    })

    test('reaches nobody after the call was cancelled', async () => {
      const { recorded, listeners } = recorder()
      const caller = new AbortController()
      const { signal } = caller
      const changes = { ...listeners, signal }
      const job = jobFor('notices:Notices.sayAfterTheAbort', {}, changes)
      const { result, begun } = begin(executor, job)
      await begun
      caller.abort()
      await expect(result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
      expect(await run('settle')).toHaveProperty('structuredContent', { hasSaid: true })
      expect(recorded.notices).toEqual([])
    })

    test('is cut with one warning when it is a flood', async () => {
      const { recorded, listeners } = recorder()
      await run('flood', { count: 20_000 }, listeners)
      expect(recorded.notices.length).toBeGreaterThanOrEqual(1000)
      expect(recorded.notices.length).toBeLessThan(2000)
      expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    })

    test.each([
      ['resourceUpdated', { value: 7 }, '1 to 2048 characters'],
      ['resourceUpdated', { value: '' }, '1 to 2048 characters'],
      ['resourceUpdated', { length: 2049 }, '1 to 2048 characters'],
      ['listChanged', { value: 'agents' }, 'tools, prompts, resources'],
      ['listChanged', {}, 'tools, prompts, resources'],
    ])('%s of %j is a TypeError that says what is right', async (method, value, message) => {
      const { recorded, listeners } = recorder()
      await expect(run('misuse', { method, ...value }, listeners)).rejects.toMatchObject({
        name: 'FunctionError',
        message: expect.stringContaining(message),
      })
      expect(recorded.notices).toEqual([])
    })

    test('may be a URI of 2048 characters', async () => {
      const { recorded, listeners } = recorder()
      await run('misuse', { method: 'resourceUpdated', length: 2048 }, listeners)
      expect(recorded.notices).toEqual([`updated ${'x'.repeat(2048)}`])
    })
  })

  describe('the trace of a call', () => {
    const trace = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      tracestate: 'congo=t61rcWkgMzE',
      baggage: 'userId=alice',
    }

    test('reaches its function as the caller sent it [M62]', async () => {
      expect(await run('trace', {}, { trace })).toHaveProperty('structuredContent', trace)
    })

    test('is absent where the caller sent none', async () => {
      expect(await run('trace')).toHaveProperty('structuredContent', {})
      const { traceparent } = trace
      const part = await run('trace', {}, { trace: { traceparent } })
      expect(part).toHaveProperty('structuredContent', { traceparent })
    })
  })

  describe('a completion', () => {
    const input = { argument: { name: 'city', value: 'Be' }, arguments: { country: 'DE' } }

    test('is what its function suggests, from what is typed and known', async () => {
      expect(await run('complete', input, { mcpType: 'completion' })).toEqual({
        completion: { values: ['city=Be', 'country'], total: 2, hasMore: false },
      })
    })

    test('of anything but suggestions is RESULT_INVALID', async () => {
      await expect(run('settle', input, { mcpType: 'completion' })).rejects.toMatchObject({
        code: 'RESULT_INVALID',
        message: expect.stringContaining('array of strings'),
      })
    })

    test('cannot ask the client', async () => {
      await expect(run('completeByAsking', input, { mcpType: 'completion' })).rejects.toMatchObject(
        {
          name: 'FunctionError',
          message: expect.stringContaining('cannot be asked'),
        },
      )
    })
  })
})
