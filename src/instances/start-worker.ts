/** Starts the thread of one instance: no environment, a limited heap, nothing on standard output. */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { OpenBundle } from '../bundles/bundles.js'
import {
  readThrown,
  type WorkerBoot,
  type InstanceMessage,
} from '../function-host/function-host.js'
import { codeOf } from '../domain/code-of.js'
import type { Log } from '../telemetry/telemetry.js'
import { waitForEnd } from './bounded-end.js'
import { createCpuClock, type ReadCpu, readThreadCpu } from './cpu-time.js'
import { heapParts } from './heap-parts.js'
import { logOutput } from './instance-output.js'
import type { InstanceEvents, InstanceLimits, StartedInstance } from './instances.js'

export interface WorkerOptions {
  /** The compiled `worker-entry.js`. */
  readonly entry: URL
  readonly limits: InstanceLimits
  readonly log: Log
}

export function startWorker(
  { ref, folder }: OpenBundle,
  options: WorkerOptions,
  events: InstanceEvents,
): StartedInstance {
  const { entry, limits, log } = options
  const { port1: port, port2: workerPort } = new MessageChannel()
  const boot: WorkerBoot = {
    port: workerPort,
    folder,
    packageName: ref.packageName,
    maxResultBytes: limits.maxResultBytes,
  }
  const worker = new Worker(entry, {
    workerData: boot,
    transferList: [workerPort],
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: toResourceLimits(limits.maxHeapMb),
  })
  const cpu = createCpuClock()
  const receive = (message: InstanceMessage) => {
    if (message[0] === 'ready') cpu.start(cpuReaderOf(worker, message[1]))
    else if (message[0] !== 'fetch') events.message(message)
  }
  const drain = () => {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      receive(next.message)
  }
  port.on('message', receive)
  logOutput(worker, ref, log)
  const isStopped = watchDeath(worker, limits, (reason, error) => {
    log.warn({ bundle: ref, error }, `an instance died: ${reason}`)
    drain()
    port.close()
    events.died(reason)
  })
  return {
    send: (message) => port.postMessage(message),
    cpu: cpu.read,
    async stop() {
      isStopped()
      port.close()
      await waitForEnd(worker.terminate(), ref, log)
    },
  }
}

/** Where the system does not tell: the time in which its loop was not idle. */
function cpuReaderOf({ performance }: Worker, threadId = 0): ReadCpu {
  if (readThreadCpu(threadId) !== undefined) return () => readThreadCpu(threadId)
  return () => ({ usedMs: performance.eventLoopUtilization().active, isAsleep: true })
}

/** @returns what to call when the end is wanted */
function watchDeath(
  worker: Worker,
  { maxHeapMb }: InstanceLimits,
  onDeath: (reason: string, error?: string) => void,
): () => void {
  let isOver = false
  const die = (reason: string, error?: string) => {
    if (isOver) return
    isOver = true
    onDeath(reason, error)
  }
  worker.on('error', (error: unknown) => {
    const { message, stack } = readThrown(error)
    if (isOutOfMemory(error)) die(`it reached its heap limit of ${maxHeapMb} MiB`)
    else die('an error was thrown outside of any call', stack ?? message)
  })
  worker.on('exit', (code) => die(`its code ended it (process.exit, code ${code})`))
  return () => {
    isOver = true
  }
}

function toResourceLimits(maxHeapMb: number) {
  const { youngMb, oldMb } = heapParts(maxHeapMb)
  return { maxYoungGenerationSizeMb: youngMb, maxOldGenerationSizeMb: oldMb }
}

function isOutOfMemory(error: unknown): boolean {
  return codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY'
}
