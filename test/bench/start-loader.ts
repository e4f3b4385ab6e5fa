/** The loader as its parent sees it: a process of its own that is told what to load. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'
import type { CallTarget } from './echo-call.js'

export interface Load {
  readonly target: CallTarget
  /** Calls in flight at a time, one on each connection. */
  readonly connections: number
  readonly durationMs: number
}

export interface LoadResult {
  readonly calls: number
  /** From the first request to the last answer. */
  readonly elapsedMs: number
}

export type LoadAnswer = LoadResult | { readonly error: string }

export interface Loader {
  /** @throws Error when one answer is not the right one, or none comes */
  run(load: Load): Promise<LoadResult>
}

/** How much longer than asked a load may take: calls in flight at the end are waited for. */
const MAX_OVERTIME_MS = 20_000

export function startLoader(bench: Bench): Loader {
  const script = fileURLToPath(new URL('loader.ts', import.meta.url))
  const child = watchChild(fork(script, { detached: true, silent: true }), 'the loader')
  bench.onEnd(child.stop)
  return {
    run: async (load) => {
      child.process.send(load)
      const timeoutMs = load.durationMs + MAX_OVERTIME_MS
      const answer = await child.message<LoadAnswer>({ signal: bench.signal, timeoutMs })
      if ('error' in answer) throw new Error(answer.error)
      return answer
    },
  }
}
