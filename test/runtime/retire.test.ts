import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createChosenExecutors } from '../../src/runtime/chosen-executors.js'
import type { Executor } from '../../src/runtime/runtime.js'
import {
  begin,
  inlineExecutor,
  jobFor,
  openBundle,
  processExecutor,
  resultOf,
  workerExecutor,
} from './bundles-on-disk.js'

const executors = [
  { kind: 'process', create: processExecutor },
  { kind: 'worker', create: workerExecutor },
  { kind: 'inline', create: inlineExecutor },
] as const

/** How often its instance has counted, with this call. */
async function countIn(executor: Executor, module = 'first', endpointId = 'acme') {
  const bundle = openBundle('counting', endpointId)
  const result = await resultOf(
    executor.run(jobFor(`counting/${module}:Counter.increment`, {}, { bundle })),
  )
  return result['structuredContent']
}

/** A call that runs until it is told to go on. */
async function beginHolding(executor: Executor) {
  const asked = { goOn: () => {} }
  const answer = new Promise<Record<string, unknown>>((resolve) => {
    asked.goOn = () => resolve({ action: 'accept', content: {} })
  })
  const questions = { mode: 'requests', ask: () => answer } as const
  const holding = begin(executor, jobFor('counting/first:Counter.hold', {}, { questions }))
  await holding.begun
  return { result: holding.result, goOn: asked.goOn }
}

describe.each(executors)('the $kind executor', ({ create }) => {
  let executor: Executor

  beforeEach(() => {
    executor = create()
  })
  afterEach(() => executor.close())

  test('an instance that runs no call is gone at once, and the next call begins in a new one', async () => {
    expect(await countIn(executor)).toEqual({ count: 1 })
    expect(await countIn(executor)).toEqual({ count: 2 })
    expect(executor.count('acme')).toBe(1)
    expect(executor.retire('acme')).toBe(1)
    expect(executor.count('acme')).toBe(0)
    expect(await countIn(executor)).toEqual({ count: 1 })
  })

  test('a call that runs ends as it began, while others begin in a new instance', async () => {
    expect(await countIn(executor)).toEqual({ count: 1 })
    const holding = await beginHolding(executor)
    expect(executor.retire('acme')).toBe(1)
    expect(await countIn(executor)).toEqual({ count: 1 })
    holding.goOn()
    expect(await holding.result).toMatchObject({ structuredContent: { count: 2 } })
    expect(await countIn(executor)).toEqual({ count: 2 })
    await vi.waitFor(() => expect(executor.count('acme')).toBe(1))
  })

  test('instances of others, and those that ran none of the named modules, stay', async () => {
    await countIn(executor)
    await countIn(executor, 'first', 'other')
    expect(executor.retire('acme', new Set(['second', 'third']))).toBe(0)
    expect(await countIn(executor)).toEqual({ count: 2 })
    expect(executor.retire('acme', new Set(['first']))).toBe(1)
    expect(executor.count('other')).toBe(1)
    expect(await countIn(executor, 'first', 'other')).toEqual({ count: 2 })
  })
})

test('where modules run in several executors, all of them are asked', async () => {
  const executor = createChosenExecutors({
    defaultKind: 'worker',
    choose: ({ moduleName }) => (moduleName === 'first' ? 'worker' : 'inline'),
    open: (kind) => (kind === 'worker' ? workerExecutor() : inlineExecutor()),
  })
  try {
    expect(executor.retire('acme')).toBe(0)
    await countIn(executor)
    await countIn(executor, 'second')
    expect(executor.count('acme')).toBe(2)
    expect(executor.retire('acme', new Set(['second']))).toBe(1)
    expect(executor.count('acme')).toBe(1)
    expect(executor.retire('acme')).toBe(1)
    expect(executor.count('acme')).toBe(0)
  } finally {
    await executor.close()
  }
})
