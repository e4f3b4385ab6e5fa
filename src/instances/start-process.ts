/**
 * Starts the process of one instance: no environment, a limited heap, watched memory, and Node's
 * permission model, so that its code reads its own folder and nothing else, and starts nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { OpenBundle } from '../bundles/bundles.js'
import {
  createLineReader,
  toLine,
  type GatewayMessage,
  type InstanceBoot,
} from '../function-host/function-host.js'
import { grantedNetwork, type NetworkAccess } from '../domain/network.js'
import type { Outbound } from '../outbound/outbound.js'
import type { Log } from '../telemetry/telemetry.js'
import { createBrokeredFetches } from './brokered-fetches.js'
import { logOutput, type Output } from './instance-output.js'
import type { MemoryWatch } from './memory-watch.js'
import { waitForEnd } from './bounded-end.js'
import { createCpuClock, readProcessCpu } from './cpu-time.js'
import { createFate, type Fate } from './process-fate.js'
import { toProcessFlags } from './process-flags.js'
import { readProcessLine } from './process-lines.js'
import type {
  InstanceEvents,
  InstanceLimits,
  InstancePlace,
  RuntimeMessage,
  StartedInstance,
} from './instances.js'

export interface ProcessOptions {
  /** The compiled `process-entry.js`. */
  readonly entry: URL
  readonly limits: InstanceLimits
  readonly memory: MemoryWatch
  /** The most that any module gets, whatever it asks for. */
  readonly maxNetwork: NetworkAccess
  readonly outbound: Outbound
  readonly log: Log
}

/** Descriptor of the channel; standard output belongs to the code. */
const CHANNEL = 3

/** What a line may hold beside a result, in characters. */
const LINE_MARGIN = 1024 * 1024

export function startProcess(
  { bundle, network: asked }: InstancePlace,
  options: ProcessOptions,
  events: InstanceEvents,
): StartedInstance {
  const { limits, memory, log } = options
  const network = grantedNetwork(asked, options.maxNetwork)
  const child = spawnChild(bundle, network, options)
  const channel = channelOf(child)
  const closed = once(child, 'close').catch(() => undefined)
  const lastStderr = logOutput(outputOf(child), bundle.ref, log)
  const fate = createFate(child, { memory, maxHeapMb: limits.maxHeapMb, lastStderr })
  const cpu = createCpuClock()
  let isOver = false
  const send = createSender(channel)
  const fetches = createBrokeredFetches({
    outbound: network === 'brokered' ? options.outbound : undefined,
    answer: (number, reply) => {
      if (!isOver) send(['fetched', number, reply])
    },
    log,
  })

  const onLine = (line: string) => {
    if (isOver) return
    const message = readProcessLine(line)
    if (message === undefined) fate.kill('it broke the protocol of its channel')
    else if (message[0] === 'ready') cpu.start(() => readProcessCpu(child.pid))
    else if (message[0] === 'thrown') fate.thrown(message[1])
    else if (message[0] === 'fetch') fetches.take(message[1], message[2])
    else deliver(message, events, fate)
  }
  const maxChars = limits.maxResultBytes + LINE_MARGIN
  const onTooLong = () => fate.kill(`it sent a message of more than ${maxChars} characters`)
  channel.setEncoding('utf8')
  channel.on('data', createLineReader(maxChars, { onLine, onTooLong }))
  // A broken channel is of no use; when the process is ending anyhow, its end says why.
  channel.on('error', () => undefined)
  channel.on('close', () => fate.expire('its channel was closed'))
  fate.onDeath(({ reason, error }) => {
    fetches.close()
    if (isOver) return
    isOver = true
    log.warn({ bundle: bundle.ref, error }, `an instance died: ${reason}`)
    events.died(reason)
  })
  channel.write(`${JSON.stringify(toBoot(bundle, network, limits))}\n`)
  return {
    send,
    cpu: cpu.read,
    async stop() {
      isOver = true
      fate.kill('it was stopped')
      await waitForEnd(closed, bundle.ref, log)
    },
  }
}

/** What is said in one turn of the event loop leaves in one write, at its end. */
function createSender(channel: Duplex): (message: GatewayMessage) => void {
  let lines = ''
  const flush = () => {
    channel.write(lines)
    lines = ''
  }
  return (message) => {
    if (lines === '') process.nextTick(flush)
    lines += toLine(message)
  }
}

function toBoot(
  { ref, folder }: OpenBundle,
  network: NetworkAccess,
  { maxResultBytes }: InstanceLimits,
): InstanceBoot {
  return { folder, packageName: ref.packageName, maxResultBytes, isBrokered: network !== 'all' }
}

function spawnChild(
  { folder }: OpenBundle,
  network: NetworkAccess,
  { entry, limits }: ProcessOptions,
): ChildProcess {
  const hasNetwork = network === 'all'
  const flags = toProcessFlags({ entry, folder, maxHeapMb: limits.maxHeapMb, hasNetwork })
  return spawn(process.execPath, [...flags, fileURLToPath(entry)], {
    env: {},
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
}

/** A child that could not be started has no channel. */
function channelOf(child: ChildProcess): Duplex {
  const channel = child.stdio[CHANNEL]
  if (channel instanceof Duplex) return channel
  throw new Error('a process was started without its channel')
}

/** Both are piped. */
function outputOf({ stdout, stderr }: ChildProcess): Output {
  if (stdout !== null && stderr !== null) return { stdout, stderr }
  throw new Error('a process was started without its output')
}

/** The text of a result is read by its taker: what is none there ends the instance too. */
function deliver(message: RuntimeMessage, events: InstanceEvents, fate: Fate): void {
  try {
    events.message(message)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    fate.kill('it broke the protocol of its channel')
  }
}
