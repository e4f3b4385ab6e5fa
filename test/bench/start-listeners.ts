/** Listeners as their parent sees them: one process for each few thousand of them. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'

export interface StreamsOrder {
  readonly kind: 'open'
  readonly port: number
  readonly path: string
  /** One for each user. */
  readonly tokens: readonly string[]
  /** Streams of each user. */
  readonly each: number
}

export type ListenersOrder =
  | StreamsOrder
  | { readonly kind: 'close' }
  | { readonly kind: 'expect'; readonly count: number }

export type ListenersAnswer =
  | { readonly listeners: number }
  | { readonly lastAt: number }
  | { readonly error: string }

export interface Listeners {
  /** @returns how many there are when all of them have begun */
  open(streams: Omit<StreamsOrder, 'kind'>): Promise<number>
  /**
   * Each of them is to be told so many events, and not one more, by `publish`.
   *
   * @param publish says when it began, in milliseconds on the clock that all processes share
   */
  hear(count: number, publish: () => Promise<number>): Promise<Heard>
  close(): Promise<void>
}

export interface Heard {
  readonly startedAt: number
  readonly lastAt: number
}

/** Opening takes longest. */
const TIMEOUT_MS = 60_000

/** @param processes among which users are spread */
export function startListeners(bench: Bench, processes = 1): Listeners {
  const all = Array.from({ length: processes }, () => startProcess(bench))
  return {
    open: async ({ tokens, ...streams }) => {
      const share = Math.ceil(tokens.length / processes)
      const shares = all.map((_, at) => tokens.slice(at * share, (at + 1) * share))
      const opened = await Promise.all(
        all.map((ask, at) => ask({ kind: 'open', ...streams, tokens: shares[at] ?? [] })),
      )
      return opened.reduce((sum, answer) => sum + ('listeners' in answer ? answer.listeners : 0), 0)
    },
    hear: async (count, publish) => {
      await Promise.all(all.map((ask) => ask({ kind: 'expect', count })))
      const answers = Promise.all(all.map((ask) => ask(undefined)))
      const [heard, startedAt] = await Promise.all([answers, publish()])
      return { startedAt, lastAt: Math.max(...heard.map(lastOf)) }
    },
    close: async () => {
      await Promise.all(all.map((ask) => ask({ kind: 'close' })))
    },
  }
}

type Ask = (order: ListenersOrder | undefined) => Promise<ListenersAnswer>

function startProcess(bench: Bench): Ask {
  const script = fileURLToPath(new URL('events-loader.ts', import.meta.url))
  const child = watchChild(fork(script, { detached: true, silent: true }), 'the listeners')
  bench.onEnd(child.stop)
  return async (order) => {
    const answered = child.message<ListenersAnswer>({ signal: bench.signal, timeoutMs: TIMEOUT_MS })
    if (order !== undefined) child.process.send(order)
    const answer = await answered
    if ('error' in answer) throw new Error(answer.error)
    return answer
  }
}

function lastOf(answer: ListenersAnswer): number {
  if ('lastAt' in answer) return answer.lastAt
  throw new Error('listeners answered something else than when they had heard the last event')
}
