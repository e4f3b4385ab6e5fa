/** The process of an instance is killed from outside, in every phase of a call. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { McpResult, Questions } from '../../src/runtime/runtime.js'
import { type ExecutorSetup, type JobChanges, openBundle, recordingLog } from './bundles-on-disk.js'
import { start as startKind, useExecutors } from './pooled-setup.js'

useExecutors()

const killed = {
  code: 'FUNCTION_FAILED',
  message: "The function's instance was stopped: it was ended by SIGKILL",
}

let childrenBefore: readonly number[]
beforeEach(() => {
  childrenBefore = ownChildren()
})

describe('a process that is killed', () => {
  let running: ReturnType<typeof startKind>
  const { log, lines, line } = recordingLog()
  const start = (limits: ExecutorSetup['limits'] = {}) => {
    running = startKind('process', { log, limits })
    return running
  }
  /** A call whose function says at once in which process it runs. */
  const beginIn = async (path: string, changes: JobChanges = {}) => {
    let tell = (_pid: number) => undefined as void
    const pid = new Promise<number>((resolve) => (tell = resolve))
    const onLog = ({ data }: { data: unknown }) => tell(Number(data))
    const { result, begun } = running.beginCall(path, {}, { ...changes, onLog })
    await begun
    return { result, pid: await pid }
  }

  beforeEach(() => {
    lines.length = 0
  })
  afterEach(async () => {
    await expectRecovery(running)
    await running.executor.close()
    expectNoChildSince(childrenBefore)
  })

  test('while its module loads fails the call', async () => {
    const { run } = start()
    const result = run('faults/loading:Faults.echo')
    void result.catch(() => undefined)
    process.kill(await pidOfLoading(line), 'SIGKILL')
    await expect(result).rejects.toMatchObject(killed)
  })

  test('while a bundle is checked is a problem of that bundle', async () => {
    const { executor } = start()
    const methods = [{ moduleName: 'loading', className: 'Faults', functionName: 'echo' }]
    const problems = executor.check(openBundle('faults'), methods)
    process.kill(await pidOfLoading(line), 'SIGKILL')
    expect(await problems).toEqual([
      'The modules could not be loaded: their instance died, it was ended by SIGKILL',
    ])
  })

  test('while calls run fails all of them', async () => {
    start()
    const [one, other] = [
      await beginIn('faults:Faults.tellPid'),
      await beginIn('faults:Faults.tellPid'),
    ]
    expect(other.pid).toBe(one.pid)
    process.kill(one.pid, 'SIGKILL')
    await expect(one.result).rejects.toMatchObject(killed)
    await expect(other.result).rejects.toMatchObject(killed)
  })

  test('in a busy loop fails the call', async () => {
    start()
    const { result, pid } = await beginIn('faults:Faults.tellPidAndSpin')
    process.kill(pid, 'SIGKILL')
    await expect(result).rejects.toMatchObject(killed)
  })

  test('while the client is asked fails the call, and a late answer harms nobody', async () => {
    start()
    let answer = () => undefined as void
    const answered = new Promise<Record<string, unknown>>((resolve) => {
      answer = () => resolve({ action: 'accept' })
    })
    let tellAsked = () => undefined as void
    const asked = new Promise<void>((resolve) => (tellAsked = resolve))
    const ask = () => {
      tellAsked()
      return answered
    }
    const questions: Questions = { mode: 'requests', ask }
    const { result, pid } = await beginIn('faults:Faults.askClient', { questions })
    await asked
    process.kill(pid, 'SIGKILL')
    await expect(result).rejects.toMatchObject(killed)
    answer()
    await answered
  })

  test('between two calls fails at most the next one, with its reason', async () => {
    const { run } = start()
    const pid = await pidOf(run('faults:Faults.pid'))
    process.kill(pid, 'SIGKILL')
    const next = await pidOf(run('faults:Faults.pid')).then(
      (other) => (other === pid ? 'the dead one answers' : 'a fresh one answers'),
      ({ message }: Error) => message,
    )
    expect(['a fresh one answers', killed.message]).toContain(next)
  })

  test('between two calls fails none once the gateway has noticed', async () => {
    const { run } = start()
    const pid = await pidOf(run('faults:Faults.pid'))
    process.kill(pid, 'SIGKILL')
    await line(({ message }) => message === 'an instance died: it was ended by SIGKILL')
    expect(await pidOf(run('faults:Faults.pid'))).not.toBe(pid)
  })

  test('in the grace after a deadline leaves the call timed out, and what waits goes on', async () => {
    const { run, echo } = start({ maxConcurrentCalls: 1 })
    await echo('warm')
    const deadline = Date.now() + 500
    const { result, pid } = await beginIn('faults:Faults.tellPidAndSpin', { deadline })
    // It is served in another process as soon as this one is over its limit.
    const waiting = run('faults:Faults.pid')
    await line(() => startedCount() === 2)
    process.kill(pid, 'SIGKILL')
    await expect(result).rejects.toMatchObject({ code: 'CALL_TIMED_OUT' })
    expect(await pidOf(waiting)).not.toBe(pid)
    expect(lines.map(({ message }) => message)).toContain(
      'an instance died: it was ended by SIGKILL',
    )
  })

  test('while others wait for a place lets those go on in a fresh one', async () => {
    const { run } = start({ maxConcurrentCalls: 1 })
    const { result, pid } = await beginIn('faults:Faults.tellPid')
    const waiting = [run('faults:Faults.pid'), run('faults:Faults.pid')].map(pidOf)
    process.kill(pid, 'SIGKILL')
    await expect(result).rejects.toMatchObject(killed)
    const [one, other] = await Promise.all(waiting)
    expect(one).not.toBe(pid)
    expect(other).toBe(one)
  })

  test('while the executor closes harms nobody', async () => {
    const { executor } = start()
    const { result, pid } = await beginIn('faults:Faults.tellPid')
    const closing = executor.close()
    process.kill(pid, 'SIGKILL')
    await expect(result).rejects.toMatchObject({ code: 'SHUTTING_DOWN' })
    await closing
    start()
  })

  function startedCount(): number {
    return lines.filter(({ message }) => message === 'an instance was started').length
  }
})

async function pidOf(result: Promise<McpResult>): Promise<number> {
  const { structuredContent } = await result
  return (structuredContent as { pid: number }).pid
}

async function pidOfLoading(line: ReturnType<typeof recordingLog>['line']): Promise<number> {
  const isLoading = /^loading in (\d+)/
  const found = await line(({ fields }) => isLoading.test(String(fields['output'])))
  return Number(isLoading.exec(String(found.fields['output']))?.[1])
}

/** The next call works, whatever has happened. */
async function expectRecovery({ echo }: ReturnType<typeof startKind>): Promise<void> {
  expect(await echo('next')).toEqual({ value: 'next' })
}

function expectNoChildSince(before: readonly number[]): void {
  expect(ownChildren()).toEqual(before)
}

/** Processes that this one has started. */
function ownChildren(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => parentOf(pid) === process.pid)
}

/** @returns undefined for what is no process, or none any longer */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return Number(parent)
  } catch {
    return undefined
  }
}
