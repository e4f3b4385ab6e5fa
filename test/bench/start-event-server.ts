/** The servers of `events.ts` as their parent sees them: each in a process of its own. */
import { execFile, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'

export interface EventServer {
  readonly port: number
  /** After garbage was collected, in bytes. */
  memory(): Promise<Memory>
  /** CPU time so far, of all its threads, in microseconds. */
  cpuUs(): Promise<number>
  /**
   * Tells each listener `count` events of so many bytes of JSON.
   *
   * @returns when it began, in milliseconds on the clock that all processes share
   */
  publish(events: { readonly bytes: number; readonly count: number }): Promise<number>
  /** How late its event loop was since this was last asked, or nothing the first time. */
  loopDelay(): Promise<LoopDelay>
  /** The end of what it wrote on standard error. */
  readonly errors: () => string
  readonly stop: () => Promise<void>
}

export interface Memory {
  readonly rss: number
  readonly heapUsed: number
}

export interface LoopDelay {
  readonly maxMs: number
  readonly p99Ms: number
}

/** What `targets/event-gateway.mjs` is told. */
export interface GatewayServerOptions {
  readonly dataFolder: string
  readonly jwtSecretKey: string
  /** Whose streams an event is published to: one after another, or that of the endpoint. */
  readonly audience:
    | { readonly kind: 'users'; readonly users: readonly string[] }
    | { readonly kind: 'endpoint' }
  /** As in the environment. */
  readonly settings: Readonly<Record<string, string>>
}

const START_TIMEOUT_MS = 30_000
const ANSWER_TIMEOUT_MS = 60_000

export function startRawEvents(bench: Bench): Promise<EventServer> {
  return start(bench, new URL('targets/raw-events.mjs', import.meta.url))
}

export function startEventGateway(
  bench: Bench,
  options: GatewayServerOptions,
): Promise<EventServer> {
  const script = new URL('targets/event-gateway.mjs', import.meta.url)
  return start(bench, script, [JSON.stringify(options)])
}

const PEERS = new URL('peers/', import.meta.url)
const INSTALL_TIMEOUT_MS = 20_000

/** @returns undefined when the package, which the product does not need, cannot be installed */
export async function startFastifySse(bench: Bench): Promise<EventServer | undefined> {
  if (!(await installPeers(bench))) return undefined
  return start(bench, new URL('fastify-sse.mjs', PEERS))
}

async function installPeers({ signal }: Bench): Promise<boolean> {
  if (existsSync(new URL('node_modules/@fastify/sse', PEERS))) return true
  const args = ['ci', '--prefix', fileURLToPath(PEERS), '--ignore-scripts', '--no-audit']
  const options = { signal, timeout: INSTALL_TIMEOUT_MS }
  try {
    await promisify(execFile)('npm', args, options)
    return true
  } catch (error) {
    signal.throwIfAborted()
    process.stderr.write(`npm ${args.join(' ')}: ${String(error)}\n`)
    return false
  }
}

async function start(bench: Bench, script: URL, args: string[] = []): Promise<EventServer> {
  const options = { execArgv: ['--expose-gc'], detached: true, silent: true }
  const child = watchChild(fork(fileURLToPath(script), args, options), script.pathname)
  bench.onEnd(child.stop)
  const { signal } = bench
  const ask = async <Answer>(order: Order): Promise<Answer> => {
    const asked = child.message<Answer | { error: string }>({
      signal,
      timeoutMs: ANSWER_TIMEOUT_MS,
    })
    child.process.send(order)
    const answer = await asked
    if (isFailure(answer)) throw new Error(`${script.pathname}: ${answer.error}`)
    return answer
  }
  const { port } = await child.message<{ port: number }>({ signal, timeoutMs: START_TIMEOUT_MS })
  return {
    port,
    memory: () => ask<Memory>({ kind: 'memory' }),
    cpuUs: async () => {
      const { user, system } = await ask<NodeJS.CpuUsage>({ kind: 'cpu' })
      return user + system
    },
    publish: async ({ bytes, count }) => {
      const { startedAt } = await ask<{ startedAt: number }>({
        kind: 'publish',
        event: { bytes },
        count,
      })
      return startedAt
    },
    loopDelay: () => ask<LoopDelay>({ kind: 'delay' }),
    errors: child.errors,
    stop: child.stop,
  }
}

type Order =
  | { readonly kind: 'memory' | 'cpu' | 'delay' }
  | { readonly kind: 'publish'; readonly event: { readonly bytes: number }; readonly count: number }

function isFailure(answer: unknown): answer is { readonly error: string } {
  return typeof answer === 'object' && answer !== null && 'error' in answer
}
