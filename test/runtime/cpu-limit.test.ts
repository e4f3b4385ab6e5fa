import { describe, expect, test } from 'vitest'
import type { Questions } from '../../src/runtime/runtime.js'
import { recordingLog } from './bundles-on-disk.js'
import { POOLED_KINDS, start as startKind, useExecutors } from './pooled-setup.js'

useExecutors()

const exceeded = {
  code: 'CPU_EXCEEDED',
  message: expect.stringContaining('used more than 200 ms of CPU time (maxCpuMs)'),
}
const answer = { action: 'accept', content: {} }

/** A client that is asked, and answers when the test says so. */
function slowClient() {
  let give = (_answer: Record<string, unknown>) => undefined as void
  const answered = new Promise<Record<string, unknown>>((resolve) => (give = resolve))
  const questions: Questions = { mode: 'requests', ask: () => answered }
  return { questions, answer: () => give(answer) }
}

describe.each(POOLED_KINDS)('the CPU time of a call in the %s executor', (kind) => {
  const start = (maxCpuMs = 200) => startKind(kind, { limits: { maxCpuMs } })

  test('is limited: a busy loop is ended long before its deadline, and the next call works', async () => {
    const { run, leave } = start()
    await leave('busy')
    await expect(run('faults:Faults.spin')).rejects.toMatchObject(exceeded)
    expect(await leave('fresh')).toEqual({ before: null })
  })

  test('is limited where the code lets others have a turn; one that heeds its signal keeps its instance', async () => {
    const { run, leave } = start()
    await expect(run('faults:Faults.burnInSlices')).rejects.toMatchObject(exceeded)
    expect(await leave('next')).toEqual({ before: 'the call was over its CPU limit' })
  })

  test('costs a function that ignores its signal its instance', async () => {
    const { run, leave } = start()
    await leave('deaf')
    await expect(run('faults:Faults.burnInSlices', { isDeaf: true })).rejects.toMatchObject(
      exceeded,
    )
    expect(await leave('next')).toEqual({ before: null })
  })

  test.each(['before', 'after'])(
    'is not that of a call beside it which waits, and began %s it',
    async (order) => {
      const { run, beginCall } = start()
      const client = slowClient()
      const ask = () => beginCall('faults:Faults.askClient', {}, { questions: client.questions })
      const early = order === 'before' ? ask() : undefined
      await early?.begun
      const burning = beginCall('faults:Faults.burnInSlices')
      await burning.begun
      const waiting = early ?? ask()
      await waiting.begun
      await expect(burning.result).rejects.toMatchObject(exceeded)
      expect(await run('faults:Faults.echo', { value: 1 })).toHaveProperty('structuredContent')
      client.answer()
      expect(await waiting.result).toMatchObject({ structuredContent: answer })
    },
  )

  test('ends what waits beside a busy loop too, and says why', async () => {
    const { run, beginCall } = start()
    const client = slowClient()
    const waiting = beginCall('faults:Faults.askClient', {}, { questions: client.questions })
    await waiting.begun
    const spinning = run('faults:Faults.spin')
    await expect(waiting.result).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringContaining('a call in it was over its limit and did not let go'),
    })
    await expect(spinning).rejects.toMatchObject(exceeded)
  })

  test('is held against an instance whose code goes on when no call runs', async () => {
    const { log, line } = recordingLog()
    const { run, leave } = startKind(kind, { log, limits: { maxCpuMs: 200 } })
    await leave('busy')
    await run('faults:Faults.goOn')
    const { fields } = await line(({ message }) => message === 'an instance was stopped')
    expect(fields).toMatchObject({ reason: 'its code went on using the CPU when no call ran' })
    expect(await leave('fresh')).toEqual({ before: null })
  })

  test('does not hold what other calls used before it', async () => {
    const { run, leave } = start(600)
    await leave('same')
    for (let count = 0; count < 6; count++)
      expect(await run('faults:Faults.burnFor', { ms: 150 })).toHaveProperty('content')
    expect(await leave('same')).toEqual({ before: 'same' })
  })
})
