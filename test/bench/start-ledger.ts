/** The ledger's process as its parent sees it: told what to record, it says what that took. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'
import type { EndpointName, LedgerName, LedgerPlaces } from './ledgers.js'
import type { Made, Pace } from './make-calls.js'

export interface LedgerLoad extends Pace {
  readonly ledger: LedgerName
  readonly endpoint: EndpointName
}

export interface LedgerResult extends Made {
  /** That were sent. */
  readonly batches: number
}

export type LedgerAnswer = LedgerResult | { readonly isReady: true } | { readonly error: string }

export interface LedgerUnderTest {
  /** @throws Error when a call is not recorded */
  run(load: LedgerLoad): Promise<LedgerResult>
}

const START_TIMEOUT_MS = 30_000
const MAX_OVERTIME_MS = 20_000

export async function startLedger(bench: Bench, places: LedgerPlaces): Promise<LedgerUnderTest> {
  const script = fileURLToPath(new URL('ledger.ts', import.meta.url))
  const started = fork(script, [JSON.stringify(places)], { detached: true, silent: true })
  const child = watchChild(started, 'the ledger')
  bench.onEnd(child.stop)
  await child.message({ signal: bench.signal, timeoutMs: START_TIMEOUT_MS })
  return {
    run: async (load) => {
      child.process.send(load)
      const timeoutMs = load.durationMs + MAX_OVERTIME_MS
      const answer = await child.message<LedgerAnswer>({ signal: bench.signal, timeoutMs })
      if ('calls' in answer) return answer
      throw new Error('error' in answer ? answer.error : 'the ledger has started anew')
    },
  }
}
