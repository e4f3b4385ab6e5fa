/**
 * What changes while a session lasts, as one item of the state store, remembered for a moment.
 *
 * An instance that changes it knows at once; the others know when they are told to forget it, or
 * when what they remember is old.
 */
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import { LOG_LEVELS } from '../domain/log-level.js'
import type { Session } from '../domain/session.js'
import { type Changed, changeState, createItemTurns } from '../domain/state-changes.js'
import type { StateKey, StateStore, StoredState } from '../domain/state-store.js'
import { sessionNotFound } from './session-not-found.js'

const Notes = z.object({
  isTerminated: z.boolean().default(false),
  logLevel: z.enum(LOG_LEVELS).optional(),
  subscriptions: z.array(z.string()).default([]),
})

export type Notes = Readonly<z.infer<typeof Notes>>

export interface SessionNotes {
  read(session: Session): Promise<Notes>
  /**
   * @param change is given what is stored now, maybe more than once; returns the same object when
   * nothing has to be written
   * @throws GatewayError `SESSION_NOT_FOUND` when the session is terminated
   */
  change(session: Session, change: Change): Promise<void>
  /** The next read finds what another instance has changed. */
  forget(session: NamedSession): void
}

type Change = (notes: Notes) => Notes

type NamedSession = Pick<Session, 'endpointId' | 'id'>

export interface SessionNotesOptions {
  readonly state: StateStore
  readonly clock: Clock
}

/** How long another instance's change may go unseen, in milliseconds, the read itself apart. */
const REMEMBERED_MS = 1500
const MAX_REMEMBERED = 10_000

/** The item outlives its session a little: the clocks of two instances may differ. */
const CLOCK_TOLERANCE_MS = 60_000

interface Entry {
  /** When the read began, or before; milliseconds since 1970. */
  readonly readAt: number
  readonly notes: Promise<Notes>
}

export function createSessionNotes({ state, clock }: SessionNotesOptions): SessionNotes {
  const remembered = new LRUCache<string, Entry>({ max: MAX_REMEMBERED })
  const inTurn = createItemTurns()

  const load = (session: Session) => {
    const notes = state.read(keyOf(session)).then((stored) => Notes.parse(stored?.value ?? {}))
    const entry = { readAt: clock.now(), notes }
    remembered.set(nameOf(session), entry)
    notes.catch(() => {
      if (remembered.peek(nameOf(session)) === entry) remembered.delete(nameOf(session))
    })
    return notes
  }

  const write = async (session: Session, change: Change) => {
    const readAt = clock.now()
    const written = await changeState(state, keyOf(session), (stored) =>
      toChanged(stored, session, change),
    )
    remembered.set(nameOf(session), { readAt, notes: Promise.resolve(written) })
  }

  return {
    read: (session) => {
      const entry = remembered.get(nameOf(session))
      const age = entry === undefined ? Infinity : clock.now() - entry.readAt
      if (entry !== undefined && age >= 0 && age < REMEMBERED_MS) return entry.notes
      return load(session)
    },

    change: (session, change) => inTurn(keyOf(session), () => write(session, change)),

    forget: (session) => {
      remembered.delete(nameOf(session))
    },
  }
}

/** @throws GatewayError `SESSION_NOT_FOUND` */
function toChanged(
  stored: StoredState | undefined,
  session: Session,
  change: Change,
): Changed<Notes> {
  const before = Notes.parse(stored?.value ?? {})
  if (before.isTerminated) throw sessionNotFound()
  const value = change(before)
  const item = { value, expiresAt: session.expiresAt + CLOCK_TOLERANCE_MS }
  return { value, item: value === before ? undefined : item }
}

function keyOf({ endpointId, id }: Session): StateKey {
  return { endpointId, kind: 'session', id }
}

function nameOf({ endpointId, id }: NamedSession): string {
  return `${endpointId}/${id}`
}
