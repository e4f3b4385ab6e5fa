/** Changes of what is in the state store: each is made of what is stored then, or not at all. */
import { GatewayError } from './errors.js'
import type { StateItem, StateKey, StateStore, StoredState } from './state-store.js'
import { createKeyedTurns } from './turns.js'

/** What a change makes of what is stored. */
export interface Changed<Value> {
  readonly value: Value
  /** Undefined when nothing has to be written. */
  readonly item: StateItem | undefined
}

/** A change that lost against others this often is given up. */
const MAX_ATTEMPTS = 20

/**
 * @param change is given what is stored now, undefined when there is nothing, maybe more than once;
 * what it throws ends it
 * @returns the value that was made of what is stored then
 * @throws GatewayError `BUSY` when it always lost against other changes
 */
export async function changeState<Value>(
  state: StateStore,
  key: StateKey,
  change: (stored: StoredState | undefined) => Changed<Value>,
): Promise<Value> {
  const write = (stored: StoredState | undefined, item: StateItem) =>
    stored === undefined ? state.create(key, item) : state.replace(key, stored.version, item)

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = await state.read(key)
    const { value, item } = change(stored)
    if (item === undefined || (await write(stored, item))) return value
  }
  throw new GatewayError('BUSY', `The ${key.kind} is being changed by too many requests at a time`)
}

/** Runs one work on an item at a time here, so that only other instances can come between. */
export type ItemTurns = <Result>(key: StateKey, work: () => Promise<Result>) => Promise<Result>

export function createItemTurns(): ItemTurns {
  const inTurn = createKeyedTurns()
  return ({ endpointId, kind, id }, work) => inTurn(JSON.stringify([endpointId, kind, id]), work)
}
