import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ExecutorKind, ModuleName } from '../../src/domain/executor.js'
import { createChosenExecutors } from '../../src/runtime/chosen-executors.js'
import type { Executor } from '../../src/runtime/runtime.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import {
  inlineExecutor,
  jobFor,
  openBundle,
  processExecutor,
  resultOf,
  workerExecutor,
} from './bundles-on-disk.js'

const create = { process: processExecutor, worker: workerExecutor, inline: inlineExecutor }
const ofThread = { moduleName: 'in_thread', className: 'InThread', functionName: 'where' }
const ofProcess = { moduleName: 'in_process', className: 'InProcess', functionName: 'where' }

describe('of several executors', () => {
  const executors: Executor[] = []
  const opened: ExecutorKind[] = []
  const start = (kinds: Record<string, ExecutorKind>) => {
    const executor = createChosenExecutors({
      defaultKind: 'process',
      choose: ({ endpointId, moduleName }: ModuleName) =>
        kinds[`${endpointId}/${moduleName}`] ?? 'process',
      open: (kind) => {
        opened.push(kind)
        return create[kind]()
      },
    })
    executors.push(executor)
    return executor
  }
  const whereRuns = async (executor: Executor, endpointId: string, target: typeof ofThread) => {
    const bundle = openBundle('placed', endpointId)
    const { structuredContent } = await resultOf(
      executor.run(jobFor('placed:X.where', {}, { bundle, target })),
    )
    return structuredContent
  }

  afterEach(async () => {
    opened.length = 0
    await Promise.all(executors.splice(0).map((executor) => executor.close()))
  })

  test('each module runs in its own, by its tenant, and in the default one where none is named', async () => {
    const executor = start({ 'acme/in_thread': 'worker', 'other/in_process': 'inline' })
    const inGateway = { isMainThread: true, pid: process.pid }
    expect(await whereRuns(executor, 'acme', ofThread)).toEqual({
      ...inGateway,
      isMainThread: false,
    })
    expect(await whereRuns(executor, 'other', ofProcess)).toEqual(inGateway)
    const elsewhere = await whereRuns(executor, 'acme', ofProcess)
    expect(elsewhere).toMatchObject({ isMainThread: true })
    expect(elsewhere).not.toEqual(inGateway)
    expect(executor.kind).toBe('process')
  })

  test('each is opened once, when it is needed', async () => {
    const executor = start({ 'acme/in_thread': 'worker' })
    expect(opened).toEqual([])
    await Promise.all([1, 2].map(() => whereRuns(executor, 'acme', ofThread)))
    expect(opened).toEqual(['worker'])
  })

  test('a trial load looks at each module where it will run', async () => {
    const methods = [ofThread, ofProcess]
    const right = start({ 'acme/in_thread': 'worker' })
    expect(await right.check(openBundle('placed'), methods)).toEqual([])
    const wrong = start({ 'acme/in_process': 'worker' })
    const problems = await wrong.check(openBundle('placed'), methods)
    expect(problems.toSorted()).toEqual([
      'module "in_process" could not be loaded: this is a worker thread',
      'module "in_thread" could not be loaded: this is no worker thread',
    ])
  })

  test('all are closed, and none is opened afterwards', async () => {
    const executor = start({ 'acme/in_thread': 'worker', 'other/in_process': 'inline' })
    await whereRuns(executor, 'acme', ofThread)
    await whereRuns(executor, 'acme', ofProcess)
    await executor.close()
    const closed = { code: 'SHUTTING_DOWN' }
    await expect(whereRuns(executor, 'acme', ofThread)).rejects.toMatchObject(closed)
    await expect(whereRuns(executor, 'acme', ofProcess)).rejects.toMatchObject(closed)
    await expect(whereRuns(executor, 'other', ofProcess)).rejects.toMatchObject(closed)
    const check = executor.check(openBundle('placed', 'other'), [ofThread, ofProcess])
    await expect(check).rejects.toMatchObject(closed)
    expect(opened).toEqual(['worker', 'process'])
  })
})

describe('a gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({
      env: { MODULE_EXECUTORS: 'default/placed/in_thread=worker', MAX_CPU_MS: '200' },
    })
    await gateway.publish(fileURLToPath(new URL('bundles/placed', import.meta.url)))
  })
  afterAll(() => gateway.stop())

  const call = async (name: string) => {
    const token = await gateway.tokenFor('ann')
    const request = modernPost('tools/call', { name, arguments: {} }, token)
    const response = await fetch(`${gateway.url}/default/mcp`, request)
    const { result } = (await response.json()) as { result: Record<string, unknown> }
    return result
  }

  test('runs one module of a bundle in a thread of its own, and another in a process', async () => {
    const { structuredContent: inThread } = await call('thread')
    expect(inThread).toEqual({ isMainThread: false, pid: process.pid })
    const { structuredContent: inProcess } = await call('process')
    expect(inProcess).toMatchObject({ isMainThread: true })
    expect(inProcess).not.toHaveProperty('pid', process.pid)
  })

  test('tells the model that a call was over its CPU limit', async () => {
    expect(await call('spin')).toMatchObject({
      isError: true,
      content: [{ text: 'InProcess.spin used more than 200 ms of CPU time (maxCpuMs)' }],
    })
  })
})
