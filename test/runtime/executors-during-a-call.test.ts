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
  const run = (path: string, input?: unknown, changes?: Parameters<typeof jobFor>[2]) =>
    resultOf(executor.run(jobFor(path, input, changes)))

  beforeEach(() => {
    lines.length = 0
    executor = create({ log })
  })
  afterEach(() => executor.close())

  describe('settings', () => {
    test('the constructor gets the setting; an equal one changes nothing', async () => {
      const see = async (setting: Record<string, unknown>) =>
        (await run('kinds:Tools.seeSetting', {}, { target: { setting } }))['structuredContent']
      const first = await see({ region: 'eu' })
      expect(first).toMatchObject({ region: 'eu' })
      expect(await see({ region: 'eu' })).toEqual(first)
    })

    test('a changed setting constructs the class anew', async () => {
      const eu = { target: { setting: { region: 'eu' } } }
      const us = { target: { setting: { region: 'us' } } }
      await run('kinds:Tools.increment', {}, eu)
      expect(await run('kinds:Tools.increment', {}, us)).toHaveProperty('structuredContent', {
        count: 1,
      })
      expect(await run('kinds:Tools.seeSetting', {}, us)).toMatchObject({
        structuredContent: { region: 'us' },
      })
    })

    test('two settings asked for at the same time each get their own instance', async () => {
      const see = (region: string) =>
        run('kinds:Tools.seeSetting', {}, { target: { setting: { region } } })
      const [eu, us] = await Promise.all([see('eu'), see('us')])
      expect(eu).toMatchObject({ structuredContent: { region: 'eu' } })
      expect(us).toMatchObject({ structuredContent: { region: 'us' } })
    })

    test('code that changes its setting or its input changes a copy', async () => {
      const setting = { region: 'eu', nested: { list: [] } }
      const input = { nested: { list: [] } }
      await run('kinds:Tools.spoilSetting', {}, { target: { setting } })
      await run('kinds:Tools.spoilInput', input)
      expect(setting).toEqual({ region: 'eu', nested: { list: [] } })
      expect(input).toEqual({ nested: { list: [] } })
    })

    test('a constructor that throws fails the call, and is tried again', async () => {
      const broken = { target: { setting: { isBroken: true } } }
      for (const attempt of [1, 2])
        await expect(run('kinds:Fragile.work', { attempt }, broken)).rejects.toMatchObject({
          name: 'FunctionError',
          message: 'class "Fragile" could not be constructed: base_url is missing',
        })
      expect(await run('kinds:Fragile.work')).toMatchObject({ content: [{ text: 'works' }] })
    })
  })

  describe('messages', () => {
    test('progress and logs arrive in order, before the result, and wrong progress is ignored', async () => {
      const { recorded, listeners } = recorder()
      await run('kinds:Tools.report', {}, listeners)
      expect(recorded.progress).toEqual([
        { progress: 1, total: 3, message: 'one' },
        { progress: 2, total: 3 },
        { progress: 2.5 },
        { progress: 3, total: 3, message: 'three' },
      ])
      expect(recorded.logs).toEqual([
        { level: 'info', data: { step: 1 }, logger: 'steps' },
        { level: 'debug', data: 'plain' },
      ])
    })

    test('a flood is cut with one warning', async () => {
      const { recorded, listeners } = recorder()
      await run('kinds:Tools.flood', { count: 20_000 }, listeners)
      expect(recorded.progress.length).toBeGreaterThanOrEqual(1000)
      expect(recorded.progress.length).toBeLessThan(2000)
      expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
    })

    test('what is reported after the end reaches nobody', async () => {
      const { recorded, listeners } = recorder()
      await run('kinds:Tools.reportAfterTheEnd', {}, listeners)
      await run('kinds:Tools.giveLater', { value: 1 })
      expect(recorded).toEqual({ progress: [], logs: [], notices: [] })
    })

    test('an unknown log level is a TypeError that names the levels', async () => {
      await expect(
        run('kinds:Tools.logBadly', { level: 'loud', kind: 'text' }),
      ).rejects.toMatchObject({
        name: 'FunctionError',
        message: expect.stringContaining('debug, info, notice, warning'),
      })
    })

    test.each(['bigint', 'circular', 'nothing', 'code'])(
      'a log entry that JSON cannot hold (%s) is a TypeError',
      async (entry) => {
        await expect(
          run('kinds:Tools.logBadly', { level: 'info', kind: entry }),
        ).rejects.toMatchObject({
          name: 'FunctionError',
          message: expect.stringContaining('JSON'),
        })
      },
    )
  })

  describe('cancel and deadline', () => {
    test('a cancelled call fails at once, its signal is aborted and its late result is dropped', async () => {
      const caller = new AbortController()
      const job = jobFor('kinds:Tools.noteAbort', {}, { signal: caller.signal })
      const { result, begun } = begin(executor, job)
      await begun
      caller.abort()
      await expect(result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
      expect(await run('kinds:Tools.readNote')).toHaveProperty('structuredContent', {
        noted: 'the call was cancelled',
      })
    })

    test('a call that is cancelled before it starts never runs', async () => {
      await expect(
        run('kinds:Tools.increment', {}, { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
      expect(await run('kinds:Tools.increment')).toHaveProperty('structuredContent', { count: 1 })
    })

    test('a call fails at its deadline and a function that heeds the signal keeps its instance', async () => {
      await run('kinds:Tools.increment')
      const deadline = Date.now() + 400
      await expect(run('kinds:Tools.noteAbort', {}, { deadline })).rejects.toMatchObject({
        code: 'CALL_TIMED_OUT',
      })
      expect(Date.now()).toBeGreaterThanOrEqual(deadline)
      expect(await run('kinds:Tools.readNote')).toHaveProperty('structuredContent', {
        noted: 'the call was timed out',
      })
      expect(await run('kinds:Tools.increment')).toHaveProperty('structuredContent', { count: 2 })
    })

    test('a call whose deadline is over is not started', async () => {
      await expect(
        run('kinds:Tools.increment', {}, { deadline: Date.now() - 1 }),
      ).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
      expect(await run('kinds:Tools.increment')).toHaveProperty('structuredContent', { count: 1 })
    })

    test('each of several calls ends at its own deadline', async () => {
      await run('kinds:Tools.increment')
      const caller = new AbortController()
      const now = Date.now()
      const wait = (ms: number, signal = new AbortController().signal) =>
        run('kinds:Tools.waitForAbort', {}, { deadline: now + ms, signal }).catch(
          ({ code }: { code: string }) => ({ code, isEarly: Date.now() < now + ms }),
        )
      const last = wait(20_000, caller.signal)
      const timedOut = { code: 'CALL_TIMED_OUT', isEarly: false }
      expect(await Promise.all([wait(120), wait(40), wait(80)])).toEqual([
        timedOut,
        timedOut,
        timedOut,
      ])
      caller.abort()
      expect(await last).toMatchObject({ code: 'CALL_CANCELLED' })
    })
  })

  describe('limits and end', () => {
    test('close fails what runs and what comes later with SHUTTING_DOWN', async () => {
      const { result, begun } = begin(executor, jobFor('kinds:Tools.waitForAbort'))
      await begun
      await Promise.all([
        expect(result).rejects.toMatchObject({ code: 'SHUTTING_DOWN' }),
        executor.close(),
      ])
      await expect(run('kinds:Tools.inherited')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    })
  })
})
