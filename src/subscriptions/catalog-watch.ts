/**
 * Changes of an endpoint's lists, whichever process has published them: while somebody listens, and
 * as long after the last one as what was announced can be replayed, the endpoint is looked at.
 *
 * The catalog itself asks the database at most every `CATALOG_CHECK_MS`. Every instance that watches
 * announces what it sees; listeners tell the same change by its version.
 */
import type { Catalog } from '../catalog/catalog.js'
import type { Clock } from '../domain/clock.js'
import { LIST_KINDS, type ListKind, type Notice } from '../domain/notice.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { type ListsSeen, toListsSeen } from './lists-seen.js'

export interface CatalogWatchParts {
  readonly catalog: Pick<Catalog, 'snapshot'>
  readonly clock: Clock
  readonly log: Log
  /** Never rejects. @returns undefined when it could not be told; then it is tried again */
  readonly announce: (endpointId: EndpointId, notice: Notice) => Promise<unknown>
}

export interface WatchLimits {
  /** Between two looks at an endpoint, in milliseconds. Default: 500. */
  readonly lookEveryMs?: number | undefined
  /** For how long an endpoint is watched that nobody hears, in milliseconds. Default: 5 minutes. */
  readonly lingerMs?: number | undefined
  /** One more is heard without being watched. Default: 10,000. */
  readonly maxEndpoints?: number | undefined
}

export interface CatalogWatch {
  /**
   * Somebody begins to hear an endpoint.
   *
   * @param hearing what was noticed is announced after it has settled
   */
  begin(endpointId: EndpointId, hearing: Promise<void>): Watching
  close(): void
}

export interface Watching {
  /** Settles when it is known what the lists are, or that the catalog cannot be read. */
  readonly ready: Promise<void>
  /** It is heard no longer; of no effect the second time. */
  end(): void
}

const LOOK_EVERY_MS = 500
const LINGER_MS = 300_000
const MAX_ENDPOINTS = 10_000

interface Watched {
  readonly endpointId: EndpointId
  listeners: number
  /** Since when there has been none, in milliseconds since 1970. */
  idleSince: number
  seen: ListsSeen | undefined
  /** What is still to be announced, with the version that has the change. */
  readonly untold: Map<ListKind, string>
  /** Who is about to hear. */
  readonly starting: Set<Promise<void>>
  looking: Promise<void> | undefined
}

export function createCatalogWatch(
  parts: CatalogWatchParts,
  limits: WatchLimits = {},
): CatalogWatch {
  const { clock, log } = parts
  const { lookEveryMs = LOOK_EVERY_MS, lingerMs = LINGER_MS } = limits
  const { maxEndpoints = MAX_ENDPOINTS } = limits
  const all = new Map<string, Watched>()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const look = (watched: Watched) => {
    watched.looking ??= lookOnce(parts, watched).finally(() => {
      watched.looking = undefined
    })
    return watched.looking
  }
  const sweep = () => {
    for (const watched of all.values()) {
      const isOver = watched.listeners === 0 && clock.now() - watched.idleSince >= lingerMs
      if (isOver) all.delete(watched.endpointId)
      else void look(watched)
    }
    if (all.size === 0) stop()
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  const open = (endpointId: EndpointId): Watched | undefined => {
    if (all.size >= maxEndpoints) forgetOneIdle(all)
    if (isClosed || all.size >= maxEndpoints) {
      log.warn({ endpointId }, 'too many endpoints are watched: changes of this one may go unseen')
      return undefined
    }
    timer ??= setInterval(sweep, lookEveryMs).unref()
    const watched = newWatched(endpointId)
    all.set(endpointId, watched)
    return watched
  }

  return {
    begin: (endpointId, hearing) => {
      const watched = all.get(endpointId) ?? open(endpointId)
      if (watched === undefined) return { ready: Promise.resolve(), end: () => undefined }
      const ready = watched.seen === undefined ? look(watched) : Promise.resolve()
      announceAfter(watched, hearing)
      return { ready, end: countIn(watched, clock) }
    },
    close: () => {
      isClosed = true
      stop()
      all.clear()
    },
  }
}

function newWatched(endpointId: EndpointId): Watched {
  return {
    endpointId,
    listeners: 0,
    idleSince: 0,
    seen: undefined,
    untold: new Map(),
    starting: new Set(),
    looking: undefined,
  }
}

/** @returns the way to count it out again */
function countIn(watched: Watched, clock: Clock): () => void {
  let isIn = true
  watched.listeners++
  return () => {
    if (!isIn) return
    isIn = false
    watched.listeners--
    watched.idleSince = clock.now()
  }
}

function announceAfter({ starting }: Watched, hearing: Promise<void>): void {
  starting.add(hearing)
  const settled = () => void starting.delete(hearing)
  hearing.then(settled, settled)
}

function forgetOneIdle(all: Map<string, Watched>): void {
  for (const { endpointId, listeners } of all.values())
    if (listeners === 0) return void all.delete(endpointId)
}

async function lookOnce({ catalog, announce, log }: CatalogWatchParts, watched: Watched) {
  const { endpointId, untold } = watched
  try {
    noteChanges(watched, toListsSeen(await catalog.snapshot(endpointId), watched.seen))
    if (untold.size === 0) return
    // Whoever began before the change was seen is to hear of it.
    await Promise.allSettled(watched.starting)
    for (const [list, version] of untold) {
      const told = await announce(endpointId, { type: 'list.changed', list, version })
      if (told === undefined) return
      untold.delete(list)
    }
  } catch (err) {
    log.warn({ err, endpointId }, 'the lists of an endpoint could not be looked at')
  }
}

function noteChanges(watched: Watched, now: ListsSeen): void {
  const before = watched.seen
  watched.seen = now
  if (before === undefined || before === now) return
  for (const list of LIST_KINDS)
    if (before.digests[list] !== now.digests[list]) watched.untold.set(list, now.version)
}
