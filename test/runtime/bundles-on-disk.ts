/** The test bundles of this folder, jobs for them, and executors with limits that tests can reach. */
import { fileURLToPath } from 'node:url'
import type { OpenBundle } from '../../src/bundles/bundles.js'
import type { ListKind } from '../../src/domain/notice.js'
import { createInlineExecutor } from '../../src/runtime/inline-executor.js'
import type {
  Executor,
  FunctionJob,
  LogEntry,
  McpResult,
  Progress,
  RunOutcome,
  RuntimeLimits,
} from '../../src/runtime/runtime.js'
import { createOutbound } from '../../src/outbound/public-outbound.js'
import { createProcessExecutor } from '../../src/runtime/process-executor.js'
import { createWorkerExecutor } from '../../src/runtime/worker-executor.js'
import { silentLog, type Log } from '../../src/telemetry/telemetry.js'
import { builtFile } from '../support/built.js'

const limits: RuntimeLimits = {
  maxHeapMb: 64,
  maxCpuMs: 60_000,
  maxResultBytes: 100_000,
  maxConcurrentCalls: 8,
  maxWaitingCalls: 4,
  maxInstances: 4,
  maxInstancesPerTenant: 4,
  idleMs: 60_000,
}

export interface ExecutorSetup {
  readonly limits?: Partial<RuntimeLimits>
  readonly log?: Log
  readonly checkTimeoutMs?: number
  /** What its instances run, in place of the host of functions. */
  readonly entry?: URL
  /** Hosts that are not public and may be fetched from all the same. */
  readonly allowed?: readonly string[]
}

export function workerExecutor({
  limits: changed,
  log = silentLog,
  checkTimeoutMs,
  entry = builtFile('function-host/worker-entry.js'),
}: ExecutorSetup = {}): Executor {
  return createWorkerExecutor({
    entry,
    limits: { ...limits, ...changed },
    log,
    checkTimeoutMs,
  })
}

export function processExecutor({
  limits: changed,
  allowed = [],
  log = silentLog,
  checkTimeoutMs,
  entry = builtFile('function-host/process-entry.js'),
}: ExecutorSetup = {}): Executor {
  return createProcessExecutor({
    entry,
    limits: { ...limits, ...changed },
    maxMemoryMb: 256,
    maxNetwork: 'all',
    outbound: outboundFor(allowed),
    log,
    checkTimeoutMs,
  })
}

function outboundFor(allowed: readonly string[]) {
  return createOutbound({ allowed, maxBytes: 1_000_000, timeoutMs: 5_000 })
}

export function inlineExecutor({
  limits: changed,
  log = silentLog,
  checkTimeoutMs,
}: ExecutorSetup = {}): Executor {
  return createInlineExecutor({ limits: { ...limits, ...changed }, log, checkTimeoutMs })
}

/** A bundle folder as if it had been opened for a tenant. */
export function openBundle(name: string, endpointId = 'acme', version = 'a'): OpenBundle {
  return {
    ref: { endpointId, packageName: name, sha256: version.repeat(64).slice(0, 64) },
    folder: fileURLToPath(new URL(`bundles/${name}`, import.meta.url)),
  }
}

export type JobChanges = Partial<Omit<FunctionJob, 'target'>> & {
  readonly target?: Partial<FunctionJob['target']>
}

/** `bundle:Class.method`, or `bundle/module:Class.method`. */
export function jobFor(path: string, input: unknown = {}, changes: JobChanges = {}): FunctionJob {
  const [, name = '', module = name, className = '', functionName = ''] =
    /^(\w+)(?:\/(\w+))?:(\w+)\.(\w+)$/.exec(path) ?? []
  const { target, ...rest } = changes
  const bundle = changes.bundle ?? openBundle(name)
  return {
    callId: 'call-1',
    userId: 'ada',
    bundle,
    mcpType: 'tool',
    input,
    deadline: Date.now() + 20_000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onLog: () => undefined,
    onResourceUpdated: () => undefined,
    onListChanged: () => undefined,
    onCloseStream: () => undefined,
    ...rest,
    target: {
      bundle: bundle.ref,
      moduleName: module,
      className,
      functionName,
      setting: {},
      ...target,
    },
  }
}

/** @throws Error when the run has ended with questions */
export async function resultOf(running: Promise<RunOutcome>): Promise<McpResult> {
  const outcome = await running
  if (outcome.kind === 'completed') return outcome.result
  throw new Error(`the run asked ${Object.keys(outcome.questions).join(', ')}`)
}

/** A run that tells when its function has begun, by its first progress message. */
export interface BegunRun {
  readonly result: Promise<McpResult>
  readonly begun: Promise<void>
}

export function begin(executor: Executor, job: FunctionJob): BegunRun {
  let result: Promise<McpResult> | undefined
  const begun = new Promise<void>((resolve, reject) => {
    const onProgress = (progress: Progress) => {
      job.onProgress(progress)
      resolve()
    }
    result = resultOf(executor.run({ ...job, onProgress }))
    result.catch(reject)
  })
  begun.catch(() => undefined)
  return { result: result ?? Promise.reject(new Error('not started')), begun }
}

export interface Recorded {
  readonly progress: Progress[]
  readonly logs: LogEntry[]
  /** What it said of URIs, lists and its stream, in order. */
  readonly notices: string[]
}

/** Collects what a job reports. */
export function recorder() {
  const recorded: Recorded = { progress: [], logs: [], notices: [] }
  const listeners = {
    onProgress: (progress: Progress) => void recorded.progress.push(progress),
    onLog: (entry: LogEntry) => void recorded.logs.push(entry),
    onResourceUpdated: (uri: string) => void recorded.notices.push(`updated ${uri}`),
    onListChanged: (list: ListKind) => void recorded.notices.push(`changed ${list}`),
    onCloseStream: () => void recorded.notices.push('close'),
  }
  return { recorded, listeners }
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: Record<string, unknown>
  readonly message: string
}

/** A log whose lines can be read, and awaited. */
export function recordingLog() {
  const lines: LogLine[] = []
  const waiting = new Set<() => void>()
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message })
    for (const look of waiting) look()
  }
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const line = (isWanted: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve) => {
      const look = () => {
        const found = lines.find(isWanted)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { log, lines, line }
}
