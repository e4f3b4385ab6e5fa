/** What the gateway is compared with: small servers, each in a process of its own. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'

export interface Peer {
  readonly pid: number
  readonly port: number
  /** The end of what it wrote on standard error. */
  readonly errors: () => string
}

const START_TIMEOUT_MS = 20_000

/** Each says its port and ends with its parent; the URL is written out where it is called. */
export async function startPeer(bench: Bench, script: URL, args: string[] = []): Promise<Peer> {
  const options = { execArgv: [], detached: true, silent: true }
  const started = fork(fileURLToPath(script), args, options)
  const child = watchChild(started, ['the target', script.pathname, ...args].join(' '))
  bench.onEnd(child.stop)
  const wait = { signal: bench.signal, timeoutMs: START_TIMEOUT_MS }
  const { port } = await child.message<{ port: number }>(wait)
  return { pid: child.pid, port, errors: child.errors }
}
