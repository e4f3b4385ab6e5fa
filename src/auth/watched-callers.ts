/** Callers whose streams stand open: one timer looks after all of them. */
import type { Standings } from '../accounts/accounts.js'
import type { Caller } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Authenticator } from './auth.js'

export interface WatchParts {
  readonly standings: Standings
  readonly clock: Clock
  readonly log: Log
}

interface Watched {
  readonly caller: Caller
  readonly onEnded: () => void
  /** Of what was taken back, when it was last seen that the caller stands. */
  version: string | undefined
}

/** Those of one home; all are looked at again after a while. */
interface Home {
  readonly watched: Set<Watched>
  lookedAt: number
}

/** Between two looks, in milliseconds; what was taken back is known 1.5 s later at most. */
const LOOK_MS = 500

/** All rows are read again after this long, in case the word of a change was lost with its writer. */
const RECHECK_MS = 60_000

/** Rows of a home that are read at a time, and homes that are looked at. */
const ROWS_AT_A_TIME = 16
const HOMES_AT_A_TIME = 16

const FAILED = 'callers whose streams stand open could not be looked after'

/** @param stoodAt of whom it was seen already, and at which version: nobody's row is read for that */
export function createWatch(
  { standings, clock, log }: WatchParts,
  stoodAt: Pick<WeakMap<Caller, string>, 'get'>,
): Authenticator['watch'] {
  const homes = new Map<EndpointId, Home>()
  /** Of those whom nothing vouches for but what they carry. */
  const others = new Set<Watched>()
  let timer: NodeJS.Timeout | undefined
  let isLooking = false

  const lookAtAll = async (): Promise<void> => {
    endThoseOver(others, clock)
    for (const { watched } of homes.values()) endThoseOver(watched, clock)
    if (isLooking) return
    isLooking = true
    await inTurns([...homes], HOMES_AT_A_TIME, async ([name, home]) => {
      try {
        await lookAt(name, home, { standings, clock, log })
      } catch (err) {
        log.warn({ err, home: name }, FAILED)
      }
    })
    isLooking = false
  }

  return (caller, onEnded) => {
    const watched = { caller, onEnded, version: stoodAt.get(caller) }
    const name = caller.credential?.home
    const among = name === undefined ? others : homeOf(homes, name, clock).watched
    among.add(watched)
    timer ??= setInterval(() => void lookAtAll(), LOOK_MS).unref()
    return () => {
      among.delete(watched)
      if (name !== undefined && homes.get(name)?.watched.size === 0) homes.delete(name)
      if (homes.size + others.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }
}

function homeOf(homes: Map<EndpointId, Home>, name: EndpointId, clock: Clock): Home {
  const home = homes.get(name) ?? { watched: new Set(), lookedAt: clock.now() }
  homes.set(name, home)
  return home
}

function endThoseOver(watched: ReadonlySet<Watched>, clock: Clock): void {
  const now = clock.now()
  for (const { caller, onEnded } of watched) if ((caller.expiresAt ?? Infinity) <= now) onEnded()
}

/** Nobody's row is read twice while nothing was taken back at their home. */
async function lookAt(
  name: EndpointId,
  home: Home,
  { standings, clock, log }: WatchParts,
): Promise<void> {
  const version = await standings.version(name)
  const isDue = clock.now() - home.lookedAt >= RECHECK_MS
  if (isDue) home.lookedAt = clock.now()
  const unsure = [...home.watched].filter((watched) => isDue || watched.version !== version)
  await inTurns(unsure, ROWS_AT_A_TIME, async (watched) => {
    const { caller, onEnded } = watched
    const { credential, userId } = caller
    try {
      if (credential === undefined || (await standings.stands(credential, userId)))
        watched.version = version
      else onEnded()
    } catch (err) {
      // Looked at again with the next look: its version is the old one.
      log.warn({ err, home: name }, FAILED)
    }
  })
}

/** So many at a time, in order; the work of one never rejects. */
async function inTurns<Item>(
  items: readonly Item[],
  atATime: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items.values()
  const takeEach = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, takeEach))
}
