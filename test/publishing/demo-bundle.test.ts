import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInlineExecutor } from '../../src/runtime/inline-executor.js'
import type { Executor, FunctionJob, LogEntry, Progress } from '../../src/runtime/runtime.js'
import { resultOf } from '../runtime/bundles-on-disk.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const ref = { endpointId: 'default', packageName: 'demo_tools', sha256: '0'.repeat(64) }
const folder = fileURLToPath(new URL('../../src/cli/demo-bundle', import.meta.url))
let executor: Executor

beforeAll(() => {
  const limits = {
    maxHeapMb: 64,
    maxCpuMs: 60_000,
    maxResultBytes: 1_000_000,
    maxConcurrentCalls: 8,
    maxWaitingCalls: 4,
    maxInstances: 1,
    maxInstancesPerTenant: 1,
    idleMs: 60_000,
  }
  executor = createInlineExecutor({ limits, log: silentLog })
})
afterAll(() => executor.close())

interface Call {
  readonly input: unknown
  readonly mcpType?: FunctionJob['mcpType']
  readonly signal?: AbortSignal
}

function run(functionName: string, { input, mcpType = 'tool', signal }: Call) {
  const progress: Progress[] = []
  const logs: LogEntry[] = []
  const result = resultOf(
    executor.run({
      callId: 'call-1',
      userId: 'ann',
      bundle: { ref, folder },
      target: {
        bundle: ref,
        moduleName: 'demo_tools',
        className: 'DemoTools',
        functionName,
        setting: { greeting: 'Hello' },
      },
      mcpType,
      input,
      deadline: Date.now() + 20_000,
      signal: signal ?? new AbortController().signal,
      onProgress: (each) => progress.push(each),
      onLog: (each) => logs.push(each),
      onResourceUpdated: () => undefined,
      onListChanged: () => undefined,
      onCloseStream: () => undefined,
    }),
  )
  return { result, progress, logs }
}

describe('the demo bundle', () => {
  it('returns what it is told', async () => {
    await expect(run('echo', { input: { text: 'hi' } }).result).resolves.toEqual({
      content: [{ type: 'text', text: 'hi' }],
    })
  })

  it('adds', async () => {
    await expect(run('add', { input: { a: 2, b: 3 } }).result).resolves.toMatchObject({
      structuredContent: { sum: 5 },
    })
  })

  it('counts down with progress and logs', async () => {
    const { result, progress, logs } = run('countDown', { input: { from: 2, delay_ms: 0 } })
    await expect(result).resolves.toEqual({
      content: [{ type: 'text', text: 'Counted down from 2' }],
    })
    expect(progress).toEqual([
      { progress: 1, total: 2, message: '1 to go' },
      { progress: 2, total: 2, message: '0 to go' },
    ])
    expect(logs).toEqual([
      { level: 'info', data: { left: 1 }, logger: 'count_down' },
      { level: 'info', data: { left: 0 }, logger: 'count_down' },
    ])
  })

  it('stops counting when the call is cancelled', async () => {
    const cancel = new AbortController()
    const { result } = run('countDown', {
      input: { from: 100, delay_ms: 10_000 },
      signal: cancel.signal,
    })
    cancel.abort()
    await expect(result).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })

  it('tells about itself and greets by name', async () => {
    const about = run('about', { input: { uri: 'demo://about', params: {} }, mcpType: 'resource' })
    await expect(about.result).resolves.toMatchObject({
      contents: [{ uri: 'demo://about', text: expect.stringContaining('# Demo bundle') }],
    })
    const greeting = run('greeting', {
      input: { uri: 'demo://greeting/Ann', params: { name: 'Ann' } },
      mcpType: 'resource_template',
    })
    await expect(greeting.result).resolves.toMatchObject({ contents: [{ text: 'Hello, Ann!' }] })
  })

  it('asks for a summary', async () => {
    const { result } = run('summarize', { input: { topic: 'tides' }, mcpType: 'prompt' })
    await expect(result).resolves.toEqual({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: expect.stringMatching(/tides.*neutral/) },
        },
      ],
    })
  })

  it('suggests tones that begin with what was typed, and nothing for other arguments', async () => {
    const suggest = (name: string, value: string) => {
      const input = { argument: { name, value }, arguments: {} }
      return run('completeSummarize', { input, mcpType: 'completion' }).result
    }
    await expect(suggest('tone', 'f')).resolves.toMatchObject({
      completion: { values: ['formal', 'friendly'] },
    })
    await expect(suggest('topic', 'f')).resolves.toMatchObject({ completion: { values: [] } })
  })
})
