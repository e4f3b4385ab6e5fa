/** Starts the thread of one instance: no environment, a limited heap, nothing on standard output. */
import type { Readable } from 'node:stream'
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { OpenBundle } from '../bundles/bundles.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { systemClock } from '../domain/clock.js'
import {
  createMessageBudget,
  readThrown,
  type GatewayMessage,
  type WorkerBoot,
  type WorkerMessage,
} from '../function-host/function-host.js'
import type { Log } from '../telemetry/telemetry.js'
import type { RuntimeLimits } from './runtime.js'

export interface WorkerOptions {
  /** The compiled `worker-entry.js`. */
  readonly entry: URL
  readonly limits: RuntimeLimits
  readonly log: Log
}

export interface WorkerEvents {
  message(message: WorkerMessage): void
  /** It died of itself; said once, with one sentence. Never after `stop`. */
  died(reason: string): void
}

export interface StartedWorker {
  send(message: GatewayMessage): void
  /** Delivers at once what has arrived already. */
  drain(): void
  /** Kills the thread, a busy loop too; settles when it is gone. */
  stop(): Promise<void>
}

export function startWorker(
  { ref, folder }: OpenBundle,
  options: WorkerOptions,
  events: WorkerEvents,
): StartedWorker {
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
  const drain = () => {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      events.message(next.message)
  }
  port.on('message', (message: WorkerMessage) => events.message(message))
  logOutput(worker, ref, log)
  const isStopped = watchDeath(worker, limits, (reason, error) => {
    log.warn({ bundle: ref, error }, `an instance died: ${reason}`)
    drain()
    port.close()
    events.died(reason)
  })
  return {
    send: (message) => port.postMessage(message),
    drain,
    async stop() {
      isStopped()
      port.close()
      await worker.terminate()
    },
  }
}

/** @returns what to call when the end is wanted */
function watchDeath(
  worker: Worker,
  { maxHeapMb }: RuntimeLimits,
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

/** New objects live in a part of their own; both together are the limit. */
function toResourceLimits(maxHeapMb: number) {
  const maxYoungGenerationSizeMb = Math.max(1, Math.min(16, Math.floor(maxHeapMb / 4)))
  return {
    maxYoungGenerationSizeMb,
    maxOldGenerationSizeMb: Math.max(1, maxHeapMb - maxYoungGenerationSizeMb),
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

/** Longer pieces of output are cut, in UTF-16 units. */
const MAX_OUTPUT_LENGTH = 8 * 1024

/** What the code prints goes to the log; a flood is dropped, but read, so that it never piles up. */
function logOutput(worker: Worker, bundle: BundleRef, log: Log): void {
  const budget = createMessageBudget(systemClock)
  const capture = (stream: Readable, name: string) => {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      const output = text.slice(0, MAX_OUTPUT_LENGTH)
      if (budget.take(output.length)) log.debug({ bundle, output }, `a bundle wrote to ${name}`)
    })
  }
  capture(worker.stdout, 'stdout')
  capture(worker.stderr, 'stderr')
}
