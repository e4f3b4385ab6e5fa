/** Everything small with a lifetime: sessions, rounds, tasks, tickets, idempotency keys. A port. */
import type { EndpointId } from './tenant.js'

export type StateKind =
  | 'session'
  | 'round'
  | 'task'
  | 'ticket'
  | 'endpoint'
  | 'idempotency'
  | 'refresh'
  | 'apikey'
  | 'lockout'

/** The tenant is part of every key. */
export interface StateKey {
  readonly endpointId: EndpointId
  readonly kind: StateKind
  readonly id: string
}

export interface StateItem {
  /** A JSON object, at most 64 KiB. */
  readonly value: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970; from then on it reads as absent. */
  readonly expiresAt: number
}

/** What was read, and which version of it, for `replace`. */
export interface StoredState extends StateItem {
  readonly version: string
}

export interface StateStore {
  /** @returns false when a living item has the key already: then nothing was written */
  create(key: StateKey, item: StateItem): Promise<boolean>
  read(key: StateKey): Promise<StoredState | undefined>
  /** @returns false when it changed, expired or went since it was read: then nothing was written */
  replace(key: StateKey, version: string, item: StateItem): Promise<boolean>
  /** Of no effect when it is absent. */
  remove(key: StateKey): Promise<void>
}
