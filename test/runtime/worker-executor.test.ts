import { describe, expect, test } from 'vitest'
import { createWorkerExecutor } from '../../src/runtime/worker-executor.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { jobFor, limits, recordingLog } from './bundles-on-disk.js'
import { start } from './worker-setup.js'

describe('deadlines', () => {
  test('a busy loop is killed at its deadline and the next call works', async () => {
    const { run, echo } = start()
    await echo(0)
    const deadline = Date.now() + 100
    await expect(run('faults:Faults.spin', {}, { deadline })).rejects.toMatchObject({
      code: 'CALL_TIMED_OUT',
    })
    expect(Date.now() - deadline).toBeLessThan(2000)
    expect(await echo(1)).toEqual({ value: 1 })
  })

  test('other calls in an instance that is blocked fail and say why', async () => {
    const { beginCall, run } = start()
    const other = beginCall('faults:Faults.ignoreSignal')
    await other.begun
    const spinning = run('faults:Faults.spin', {}, { deadline: Date.now() + 50 })
    await expect(other.result).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringContaining('blocked past the deadline of a call'),
    })
    await expect(spinning).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
  })

  test('a call that starts while an instance is stuck gets a fresh one', async () => {
    const { beginCall, echo } = start({ limits: { maxInstances: 1 } })
    const deadline = Date.now() + 300
    const spinning = beginCall('faults:Faults.spin', {}, { deadline })
    await spinning.begun
    await new Promise((resolve) => setTimeout(resolve, deadline + 20 - Date.now()))
    expect(await echo('fresh')).toEqual({ value: 'fresh' })
    await expect(spinning.result).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
  })

  test('a function that ignores its signal loses its instance, but not the calls beside it', async () => {
    const { run, beginCall } = start()
    await run('faults:Faults.setGlobal', { value: 'old' })
    const beside = beginCall('faults:Faults.waitFor', { ms: 800 })
    await beside.begun
    const deadline = Date.now() + 50
    await expect(run('faults:Faults.ignoreSignal', {}, { deadline })).rejects.toMatchObject({
      code: 'CALL_TIMED_OUT',
    })
    expect(await beside.result).toMatchObject({ content: [{ text: 'waited' }] })
    expect(await run('faults:Faults.setGlobal', { value: 'new' })).toMatchObject({
      structuredContent: { before: null },
    })
  })

  test('a cancelled busy loop is answered at once and killed at its deadline', async () => {
    const { log, line } = recordingLog()
    const { beginCall, echo } = start({ log, limits: { maxInstances: 1 } })
    const caller = new AbortController()
    const deadline = Date.now() + 400
    const changes = { deadline, signal: caller.signal }
    const spinning = beginCall('faults:Faults.spin', {}, changes)
    await spinning.begun
    caller.abort()
    await expect(spinning.result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(Date.now()).toBeLessThan(deadline)
    await line(({ message }) => message.includes('instance was stopped'))
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
    const entry = new URL('absent.js', import.meta.url)
    const executor = createWorkerExecutor({ entry, limits, log: silentLog })
    await expect(executor.run(jobFor('faults:Faults.echo'))).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
    })
    await executor.close()
  })
})
