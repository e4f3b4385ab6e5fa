/** When was a key used last, and from where? Told beside the calls, once a minute. */
import type { Audit } from '../audit/audit.js'
import type { Caller } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { createOnceAMinute } from '../domain/once-a-minute.js'
import type { StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { keyRow, KeyValue } from './key-row.js'

export interface KeyUses {
  /** Of no effect for a caller without a key. It neither waits nor throws. */
  note(caller: Caller, address: string | undefined): void
  /** Settles when nothing is being written. */
  settled(): Promise<void>
}

export interface KeyUsesParts {
  readonly state: Pick<StateStore, 'read' | 'replace'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
  readonly log: Log
}

/** Keys whose last use is being written; that of others is written the next time. */
const AT_A_TIME = 16

const MINUTE_MS = 60_000

export function createKeyUses({ state, audit, clock, log }: KeyUsesParts): KeyUses {
  const isNews = createOnceAMinute(clock)
  const isDue = createOnceAMinute(clock)
  const writing = new Set<Promise<void>>()

  /** A key that was revoked meanwhile stays so: nothing is written over what has changed. */
  const write = async (home: EndpointId, keyId: string): Promise<void> => {
    try {
      const row = keyRow(home, keyId)
      const stored = await state.read(row)
      if (stored === undefined) return
      const value = KeyValue.parse(stored.value)
      const now = clock.now()
      if (value.lastUsedAt !== undefined && now - Date.parse(value.lastUsedAt) < MINUTE_MS) return
      const used = { value: { ...value, lastUsedAt: toIso(now) }, expiresAt: stored.expiresAt }
      await state.replace(row, stored.version, used)
    } catch (err) {
      log.warn({ err, home, keyId }, 'the last use of a key could not be written')
    }
  }
  return {
    note: ({ endpointId, userId: actor, credential }, address) => {
      const { home, keyId } = credential ?? {}
      if (home === undefined || keyId === undefined) return
      if (!isNews(`${keyId} ${endpointId} ${address}`)) return
      audit.note({ endpointId, actor, action: 'key.used', target: keyId, address })
      if (writing.size >= AT_A_TIME || !isDue(keyId)) return
      const work = write(home, keyId).finally(() => writing.delete(work))
      writing.add(work)
    },
    settled: async () => {
      await Promise.all(writing)
    },
  }
}
