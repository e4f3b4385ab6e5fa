/** The sign-ins that stand: a row for each, and for each user the list of their own. */
import { z } from 'zod'
import type { Clock } from '../domain/clock.js'
import type { StateKey, StateStore, StoredState } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'

export interface HeldSignIn {
  readonly userId: string
  /** Of the one refresh token that is good. */
  readonly secretHash: string
  /** Of the user when it began. */
  readonly epoch: number
}

export interface FoundSignIn extends HeldSignIn {
  readonly home: EndpointId
  readonly signInId: string
  readonly expiresAt: number
  readonly version: string
}

export interface HeldSignIns {
  /** @returns those that ended because the user has too many */
  add(home: EndpointId, signIn: NewSignIn): Promise<readonly string[]>
  find(home: EndpointId, signInId: string): Promise<FoundSignIn | undefined>
  /** @returns false when somebody else was first, or it has ended */
  replaceSecret(found: FoundSignIn, secretHash: string): Promise<boolean>
  /** Of no effect when it has ended already. */
  remove(found: Pick<FoundSignIn, 'home' | 'signInId' | 'userId'>): Promise<void>
  /** True for one that was removed lately: nobody else makes one up. */
  endedLately(home: EndpointId, signInId: string): Promise<boolean>
}

export interface NewSignIn extends HeldSignIn {
  readonly signInId: string
  readonly expiresAt: number
}

/** At a time; the oldest one ends for a new one. */
const MAX_OF_USER = 100

/** Of a list that others are writing too. */
const MAX_TRIES = 8

/** Longer than what was found good before is taken for good without another look. */
const ENDED_KEPT_MS = 10 * 60_000

const SignInRow = z.object({ userId: z.string(), secretHash: z.string(), epoch: z.int() })

const Own = z.object({ signIns: z.array(z.object({ id: z.string(), expiresAt: z.number() })) })
type OwnSignIns = z.infer<typeof Own>['signIns']

export function createHeldSignIns(state: StateStore, clock: Clock): HeldSignIns {
  const changeOwn = async (
    key: StateKey,
    change: (own: OwnSignIns) => OwnSignIns,
  ): Promise<readonly string[]> => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const stored = await state.read(key)
      const all = change(readOwn(stored)).filter(({ expiresAt }) => expiresAt > clock.now())
      const kept = all.slice(-MAX_OF_USER)
      if (await writeOwn(state, { key, stored, signIns: kept }))
        return all.slice(0, -MAX_OF_USER).map(({ id }) => id)
    }
    throw new Error(`the sign-ins of a user changed ${MAX_TRIES} times while they were written`)
  }
  return {
    add: async (home, { signInId, expiresAt, ...value }) => {
      const add = (own: OwnSignIns) => [...own, { id: signInId, expiresAt }]
      const tooMany = await changeOwn(ownKey(home, value.userId), add)
      await Promise.all(tooMany.map((id) => state.remove(keyOf(home, id))))
      await state.create(keyOf(home, signInId), { value: { ...value }, expiresAt })
      return tooMany
    },
    find: async (home, signInId) => {
      const stored = await state.read(keyOf(home, signInId))
      if (stored === undefined) return undefined
      const { expiresAt, version } = stored
      return { home, signInId, expiresAt, version, ...SignInRow.parse(stored.value) }
    },
    replaceSecret: ({ home, signInId, expiresAt, version, userId, epoch }, secretHash) => {
      const value = { userId, epoch, secretHash }
      return state.replace(keyOf(home, signInId), version, { value, expiresAt })
    },
    remove: async ({ home, signInId, userId }) => {
      await changeOwn(ownKey(home, userId), (own) => own.filter(({ id }) => id !== signInId))
      const expiresAt = clock.now() + ENDED_KEPT_MS
      await state.create(endedKey(home, signInId), { value: { userId }, expiresAt })
      // Last: as long as anything before it fails, the sign-in is found and ended again.
      await state.remove(keyOf(home, signInId))
    },
    endedLately: async (home, signInId) =>
      (await state.read(endedKey(home, signInId))) !== undefined,
  }
}

function readOwn(stored: StoredState | undefined): OwnSignIns {
  return stored === undefined ? [] : Own.parse(stored.value).signIns
}

interface OwnChange {
  readonly key: StateKey
  readonly stored: StoredState | undefined
  readonly signIns: OwnSignIns
}

/** It lasts as long as the longest that it held. @returns false when another one wrote meanwhile */
async function writeOwn(state: StateStore, { key, stored, signIns }: OwnChange): Promise<boolean> {
  if (stored === undefined && signIns.length === 0) return true
  const expiresAt = Math.max(stored?.expiresAt ?? 0, ...signIns.map((each) => each.expiresAt))
  const item = { value: { signIns }, expiresAt }
  return stored ? state.replace(key, stored.version, item) : state.create(key, item)
}

function keyOf(endpointId: EndpointId, signInId: string): StateKey {
  return { endpointId, kind: 'refresh', id: signInId }
}

function endedKey(endpointId: EndpointId, signInId: string): StateKey {
  return { endpointId, kind: 'refresh', id: `ended#${signInId}` }
}

/** No sign-in is called that: their names have no such sign. */
function ownKey(endpointId: EndpointId, userId: string): StateKey {
  return { endpointId, kind: 'refresh', id: `of#${userId}` }
}
