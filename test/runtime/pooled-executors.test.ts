import { describe, expect, test } from 'vitest'
import { type ExecutorSetup, type LogLine, recordingLog } from './bundles-on-disk.js'
import { POOLED_KINDS, start as startKind, useExecutors } from './pooled-setup.js'

useExecutors()

describe.each(POOLED_KINDS)('the %s executor', (kind) => {
  const start = (setup?: ExecutorSetup) => startKind(kind, setup)

  describe('deadlines', () => {
    test('a busy loop is killed at its deadline and the next call works', async () => {
      const { run, echo } = start()
      await echo(0)
      const deadline = Date.now() + 100
      await expect(run('faults:Faults.spin', {}, { deadline })).rejects.toMatchObject({
        code: 'CALL_TIMED_OUT',
      })
      expect(Date.now()).toBeGreaterThanOrEqual(deadline)
      expect(await echo(1)).toEqual({ value: 1 })
    })

    test('an answer that came in time counts, although the gateway was busy until later', async () => {
      const { run, echo } = start()
      await echo(0)
      const deadline = Date.now() + 300
      const result = run('faults:Faults.waitFor', { ms: 20 }, { deadline })
      // It has been sent.
      await new Promise((resolve) => setImmediate(resolve))
      while (Date.now() < deadline + 100);
      expect(await result).toMatchObject({ content: [{ text: 'waited' }] })
    })

    test('other calls in an instance that is blocked fail and say why', async () => {
      const { beginCall, run } = start()
      const other = beginCall('faults:Faults.ignoreSignal')
      await other.begun
      const spinning = run('faults:Faults.spin', {}, { deadline: Date.now() + 50 })
      await expect(other.result).rejects.toMatchObject({
        code: 'FUNCTION_FAILED',
        message: expect.stringContaining('a call in it was over its limit and did not let go'),
      })
      await expect(spinning).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
    })

    test('a call that waits gets a fresh instance as soon as the old one may be stuck', async () => {
      const { log, lines } = recordingLog()
      const { beginCall, leave } = start({
        log,
        limits: { maxInstances: 1, maxConcurrentCalls: 1 },
      })
      await leave('stuck')
      const spinning = beginCall('faults:Faults.spin', {}, { deadline: Date.now() + 300 })
      await spinning.begun
      expect(await leave('fresh')).toEqual({ before: null })
      await expect(spinning.result).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
      const fates = lines
        .map(({ message }) => message)
        .filter((each) => each.startsWith('an instance was'))
      expect(fates).toEqual([
        'an instance was started',
        'an instance was started',
        'an instance was stopped',
      ])
    })

    test('a function that ignores its signal loses its instance, but not the calls beside it', async () => {
      const { run, beginCall, leave } = start()
      await leave('old')
      const beside = beginCall('faults:Faults.waitFor', { ms: 800 })
      await beside.begun
      const deadline = Date.now() + 50
      await expect(run('faults:Faults.ignoreSignal', {}, { deadline })).rejects.toMatchObject({
        code: 'CALL_TIMED_OUT',
      })
      expect(await beside.result).toMatchObject({ content: [{ text: 'waited' }] })
      expect(await leave('new')).toEqual({ before: null })
    })

    test('a cancelled busy loop is answered at once and killed at its deadline', async () => {
      const { log, lines, line } = recordingLog()
      const { beginCall, echo } = start({ log, limits: { maxInstances: 1 } })
      await echo(0)
      const caller = new AbortController()
      const changes = { deadline: Date.now() + 400, signal: caller.signal }
      const spinning = beginCall('faults:Faults.spin', {}, changes)
      await spinning.begun
      caller.abort()
      await expect(spinning.result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
      const isStop = ({ message }: LogLine) => message.includes('instance was stopped')
      expect(lines.filter(isStop)).toEqual([])
      await line(isStop)
      expect(await echo(1)).toEqual({ value: 1 })
    })
  })

  describe('deaths', () => {
    test.each([
      ['exit', 'its code ended it (process.exit, code 3)'],
      ['rejectUnseen', 'an error was thrown outside of any call'],
      ['throwInTimer', 'an error was thrown outside of any call'],
      ['fillHeap', 'it reached its heap limit of 32 MiB'],
    ])('%s fails the calls in flight and the next call works', async (name, reason) => {
      const { beginCall, run, echo } = start({ limits: { maxHeapMb: 32 } })
      const other = beginCall('faults:Faults.ignoreSignal')
      await other.begun
      const failure = {
        code: 'FUNCTION_FAILED',
        message: `The function's instance was stopped: ${reason}`,
      }
      await expect(run(`faults:Faults.${name}`)).rejects.toMatchObject(failure)
      await expect(other.result).rejects.toMatchObject(failure)
      expect(await echo(1)).toEqual({ value: 1 })
    })

    test('what killed an instance is told to the log, not to other callers', async () => {
      const { log, line } = recordingLog()
      const { run } = start({ log })
      await expect(run('faults:Faults.rejectUnseen')).rejects.toMatchObject({
        message: expect.not.stringContaining('secret'),
      })
      expect(await line(({ level }) => level === 'warn')).toMatchObject({
        fields: { error: expect.stringContaining('secret detail'), bundle: { endpointId: 'acme' } },
      })
    })

    test('an entry that cannot start fails the call', async () => {
      const { run } = start({ entry: new URL('absent.js', import.meta.url) })
      await expect(run('faults:Faults.echo')).rejects.toMatchObject({ code: 'FUNCTION_FAILED' })
    })
  })
})
