/** Executors whose instances outlive a call, for one test each, closed after it. */
import { afterEach } from 'vitest'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  begin,
  jobFor,
  processExecutor,
  resultOf,
  workerExecutor,
  type ExecutorSetup,
  type JobChanges,
} from './bundles-on-disk.js'

export const POOLED_KINDS = ['process', 'worker'] as const
export type PooledKind = (typeof POOLED_KINDS)[number]

const create = { process: processExecutor, worker: workerExecutor }
const executors: Executor[] = []

export function start(kind: PooledKind, setup?: ExecutorSetup) {
  const executor = create[kind](setup)
  executors.push(executor)
  const run = (path: string, input?: unknown, changes?: JobChanges) =>
    resultOf(executor.run(jobFor(path, input, changes)))
  const beginCall = (path: string, input?: unknown, changes?: JobChanges) =>
    begin(executor, jobFor(path, input, changes))
  const echo = async (value: unknown) =>
    (await run('faults:Faults.echo', { value }))['structuredContent']
  /** Leaves a value in the instance; null for what was there before means that it is a fresh one. */
  const leave = async (value: unknown, changes?: JobChanges) =>
    (await run('faults:Faults.leave', { value }, changes))['structuredContent']
  return { executor, run, beginCall, echo, leave }
}

/** Of a test file: what its tests have made is closed after each. */
export function useExecutors(): void {
  afterEach(async () => {
    await Promise.all(executors.splice(0).map((executor) => executor.close()))
  })
}
