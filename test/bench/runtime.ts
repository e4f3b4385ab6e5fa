/**
 * The executors by themselves: what a warm call costs in CPU, children counted, how long a cold one
 * takes from the bundle store on, what an idle instance holds, and whether a quiet tenant feels one
 * that floods.
 */
import { createHash, randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DEFAULT_ARCHIVE_LIMITS, type OpenBundle } from '../../src/bundles/bundles.js'
import { createS3Bundles } from '../../src/bundles/s3-bundles.js'
import { createOutbound } from '../../src/outbound/public-outbound.js'
import { createProcessExecutor } from '../../src/runtime/process-executor.js'
import type { Executor, RuntimeLimits } from '../../src/runtime/runtime.js'
import { createWorkerExecutor } from '../../src/runtime/worker-executor.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { builtFile } from '../support/built.js'
import { zipOf } from '../support/zip.js'
import { startBareChild, startBareWorker } from './bare-instances.js'
import type { RunBench } from './bench.js'
import { findProcesses, readCpuMs, readMemoryBytes } from './process-table.js'
import { percentile } from './statistics.js'
import { toTable } from './table.js'

const KINDS = ['worker', 'process'] as const
type Kind = (typeof KINDS)[number]

const IN_FLIGHT = 16
/** Calls until the code is compiled: a call is warm after that. */
const WARMING = 5000
const IDLE_INSTANCES = 8
const MIB = 1024 * 1024

const limits: RuntimeLimits = {
  maxHeapMb: 128,
  maxCpuMs: 60_000,
  maxResultBytes: 8 * MIB,
  maxConcurrentCalls: 64,
  maxWaitingCalls: 256,
  maxInstances: 32,
  maxInstancesPerTenant: 8,
  idleMs: 600_000,
}

/** What a call that crosses into an instance does there: next to nothing, or 1 ms of work. */
const CODE = `export class Tools {
  echo({ value }) { return value }
  work() { const end = performance.now() + 1; while (performance.now() < end); return 'done' }
}
`

export const benchRuntime: RunBench = async (bench) => {
  const aws = await startTestAws()
  bench.onEnd(() => aws.stop())
  const store = createStore(aws, (stop) => bench.onEnd(stop))
  const scale = bench.isShort ? 1 : 5
  const measured: [Kind, Measured][] = []
  for (const kind of KINDS) {
    bench.signal.throwIfAborted()
    measured.push([kind, await measure(kind, store, scale)])
  }
  return {
    table: toTable([HEADINGS, ...measured.map(([kind, figures]) => toRow(kind, figures))]),
    summary: measured
      .flatMap(([kind, figures]) =>
        Object.entries(figures).map(([name, value]) => `${kind}_${name}=${round(Number(value))}`),
      )
      .join(' '),
    json: Object.fromEntries(measured),
  }
}

interface Measured {
  /** CPU of a warm call at 16 in flight, this process and the instance, in µs. */
  readonly warm_cpu_us: number
  /** Of a message to a bare thread or process, and one back: what this machine takes for that. */
  readonly bare_cpu_us: number
  readonly calls_s: number
  /** From the store, with an empty cache, to the first answer: 95 of 100 take no longer, in ms. */
  readonly cold_1kb_ms: number
  readonly cold_1mb_ms: number
  readonly cold_5mb_ms: number
  readonly idle_mib: number
  /** 99 of 100 calls of the quiet tenant are answered within this, in ms: alone, and beside a flood. */
  readonly quiet_p99_ms: number
  readonly flooded_p99_ms: number
}

const HEADINGS = [
  'executor',
  'µs/call',
  'µs bare',
  'calls/s',
  'cold p95 1 KB',
  '1 MB',
  '5 MB',
  'idle MiB',
  'p99',
  'p99 beside a flood',
]

function toRow(kind: Kind, figures: Measured): string[] {
  return [kind, ...Object.values(figures).map((value) => String(round(value)))]
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

async function measure(kind: Kind, store: Store, scale: number): Promise<Measured> {
  const small = await store.put(1024)
  return {
    ...(await measureWarm(kind, small, 4000 * scale)),
    cold_1kb_ms: await measureCold(kind, store, { bytes: 1024, rounds: 5 * scale }),
    cold_1mb_ms: await measureCold(kind, store, { bytes: MIB, rounds: 5 * scale }),
    cold_5mb_ms: await measureCold(kind, store, { bytes: 5 * MIB, rounds: 5 * scale }),
    idle_mib: await measureIdle(kind, small),
    ...(await measureFairness(kind, small, 100 * scale)),
  }
}

async function measureWarm(kind: Kind, { bundle }: Stored, count: number) {
  const executor = open(kind)
  try {
    await callAll(() => call(executor, bundle), WARMING)
    const cpuBefore = cpuMs()
    const startedAt = performance.now()
    await callAll(() => call(executor, bundle), count)
    const seconds = (performance.now() - startedAt) / 1000
    const warm_cpu_us = ((cpuMs() - cpuBefore) * 1000) / count
    return { warm_cpu_us, bare_cpu_us: await measureBare(kind, count), calls_s: count / seconds }
  } finally {
    await executor.close()
  }
}

async function measureBare(kind: Kind, count: number): Promise<number> {
  const instance = kind === 'worker' ? startBareWorker() : startBareChild()
  const pids = [process.pid, ...(instance.pid === undefined ? [] : [instance.pid])]
  const cpuOfBoth = () => pids.reduce((sum, pid) => sum + readCpuMs(pid), 0)
  const callBare = () => instance.call('hello')
  try {
    await callAll(callBare, WARMING)
    const cpuBefore = cpuOfBoth()
    await callAll(callBare, count)
    return ((cpuOfBoth() - cpuBefore) * 1000) / count
  } finally {
    await instance.close()
  }
}

async function measureCold(
  kind: Kind,
  store: Store,
  { bytes, rounds }: { bytes: number; rounds: number },
): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < rounds; at++) {
    const { ref } = await store.put(bytes)
    const executor = open(kind)
    const startedAt = performance.now()
    const bundle = await (await store.freshCache()).open(ref)
    await call(executor, bundle)
    times.push(performance.now() - startedAt)
    await executor.close()
  }
  return percentile(times, 0.95)
}

/** Of this process and the instances together, by how much it grows. */
async function measureIdle(kind: Kind, { bundle }: Stored): Promise<number> {
  const executor = open(kind)
  const before = memoryBytes()
  for (let at = 0; at < IDLE_INSTANCES; at++) await call(executor, ofTenant(bundle, `idle-${at}`))
  await sleep(500)
  const grown = memoryBytes() - before
  await executor.close()
  return grown / IDLE_INSTANCES / MIB
}

async function measureFairness(kind: Kind, { bundle }: Stored, count: number) {
  const executor = open(kind)
  const quiet = ofTenant(bundle, 'quiet')
  await call(executor, quiet)
  const quiet_p99_ms = await p99Of(executor, quiet, count)
  const flood = { isOn: true }
  const crowd = ofTenant(bundle, 'crowd')
  const flooding = Array.from({ length: 100 }, async () => {
    while (flood.isOn) await call(executor, crowd, 'work').catch(() => sleep(1))
  })
  const flooded_p99_ms = await p99Of(executor, quiet, count)
  flood.isOn = false
  await Promise.all(flooding)
  await executor.close()
  return { quiet_p99_ms, flooded_p99_ms }
}

async function p99Of(executor: Executor, bundle: OpenBundle, count: number): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < count; at++) {
    const startedAt = performance.now()
    await call(executor, bundle)
    times.push(performance.now() - startedAt)
    await sleep(2)
  }
  return percentile(times, 0.99)
}

function open(kind: Kind): Executor {
  const entry = builtFile(`function-host/${kind}-entry.js`)
  if (kind === 'worker') return createWorkerExecutor({ entry, limits, log: silentLog })
  const outbound = createOutbound({ allowed: [], maxBytes: MIB, timeoutMs: 1000 })
  const maxNetwork = 'brokered'
  const options = { entry, limits, maxMemoryMb: 512, maxNetwork, outbound, log: silentLog } as const
  return createProcessExecutor(options)
}

async function callAll(makeCall: () => Promise<void>, count: number): Promise<void> {
  let left = count
  const work = async () => {
    while (left-- > 0) await makeCall()
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, work))
}

const never = new AbortController().signal
setMaxListeners(0, never)

async function call(executor: Executor, bundle: OpenBundle, functionName = 'echo'): Promise<void> {
  await executor.run({
    callId: '0190d0a8-0000-7000-8000-000000000000',
    userId: 'bench',
    bundle,
    target: {
      bundle: bundle.ref,
      moduleName: 'bench',
      className: 'Tools',
      functionName,
      setting: {},
    },
    mcpType: 'tool',
    input: { value: 'hello' },
    deadline: Date.now() + 60_000,
    signal: never,
    onProgress: () => undefined,
    onLog: () => undefined,
    onResourceUpdated: () => undefined,
    onListChanged: () => undefined,
    onCloseStream: () => undefined,
  })
}

function ofTenant({ ref, folder }: OpenBundle, endpointId: string): OpenBundle {
  return { folder, ref: { ...ref, endpointId } }
}

function instances(): number[] {
  return findProcesses([fileURLToPath(builtFile('function-host/process-entry.js'))])
}

function cpuMs(): number {
  return [process.pid, ...instances()].reduce((sum, pid) => sum + readCpuMs(pid), 0)
}

function memoryBytes(): number {
  return [process.pid, ...instances()].reduce((sum, pid) => sum + readMemoryBytes(pid), 0)
}

type Stored = { readonly ref: OpenBundle['ref']; readonly bundle: OpenBundle }

interface Store {
  /** A bundle of about this size, like none before it. */
  put(bytes: number): Promise<Stored>
  freshCache(): Promise<ReturnType<typeof createS3Bundles>>
}

function createStore({ aws }: TestAws, onEnd: (stop: () => Promise<void>) => void): Store {
  const freshCache = async () => {
    const cacheFolder = await mkdtemp(join(tmpdir(), 'mcp-bench-cache-'))
    onEnd(() => rm(cacheFolder, { recursive: true, force: true }))
    return createS3Bundles({ aws, cacheFolder, limits: DEFAULT_ARCHIVE_LIMITS, log: silentLog })
  }
  return {
    freshCache,
    async put(bytes) {
      // What does not compress is as large unpacked as it is in the store.
      const ballast = randomBytes(bytes)
      const zip = zipOf({ 'bench/index.js': CODE, 'bench/ballast.bin': ballast })
      const sha256 = createHash('sha256').update(zip).digest('hex')
      const ref = { endpointId: 'bench', packageName: 'bench', sha256 }
      const bundles = await freshCache()
      await bundles.store(ref, zip)
      return { ref, bundle: await bundles.open(ref) }
    },
  }
}
