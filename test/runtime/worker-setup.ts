/** Worker executors for one test each, closed after it. */
import { afterEach } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  begin,
  jobFor,
  resultOf,
  workerExecutor,
  type ExecutorSetup,
  type JobChanges,
} from './bundles-on-disk.js'

const executors: Executor[] = []

export function start(setup?: ExecutorSetup) {
  const executor = workerExecutor(setup)
  executors.push(executor)
  const run = (path: string, input?: unknown, changes?: JobChanges) =>
    resultOf(executor.run(jobFor(path, input, changes)))
  const beginCall = (path: string, input?: unknown, changes?: JobChanges) =>
    begin(executor, jobFor(path, input, changes))
  const echo = async (value: unknown) =>
    (await run('faults:Faults.echo', { value }))['structuredContent']
  return { executor, run, beginCall, echo }
}

afterEach(async () => {
  await Promise.all(executors.splice(0).map((executor) => executor.close()))
})
