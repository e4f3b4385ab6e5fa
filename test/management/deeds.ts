/** What the audit says that was done at an endpoint, as the management API shows it. */
import { vi } from 'vitest'
import type { Manager } from '../support/management.js'

/** For what comes without a promise of when: rows of the audit, calls that begin. */
export function soon<Value>(look: () => Promise<Value>): Promise<Value> {
  return vi.waitFor(look, { timeout: 10_000, interval: 50 })
}

/** Of every client of a test. */
export const ADDRESS = '127.0.0.1'

interface Deed {
  readonly actor: string
  readonly target: string | null
  readonly address: string | null
  readonly detail: unknown
  readonly before: unknown
  readonly after: unknown
}

interface Entries {
  readonly endpoint: {
    readonly auditEntries: { readonly nodes: readonly (Deed & { readonly action: string })[] }
  }
}

/** The newest first. */
export async function deedsOf(manager: Manager, action: string): Promise<Deed[]> {
  const { data } = await manager.onSecond<Entries>(`{
    endpoint { auditEntries(first: 100) { nodes { action actor target address detail before after } } }
  }`)
  return data.endpoint.auditEntries.nodes.flatMap(({ action: done, ...deed }) =>
    done === action ? [deed] : [],
  )
}
