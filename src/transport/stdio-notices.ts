/**
 * What a client on stdin that has shaken hands hears outside of its requests: changes of lists, and
 * of the resources that it has subscribed to.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Access } from '../access/access.js'
import type { Caller } from '../domain/caller.js'
import { LIST_KINDS, mayHear, type Notice } from '../domain/notice.js'
import { type Change, type JsonObject, toChangeNotification } from '../protocol/protocol.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { Log } from '../telemetry/telemetry.js'

export interface StdioNotices {
  /** The client begins to shake hands: what changes from now on it is told, in its time. */
  begin(): void
  /** The client has its answer. */
  greeted(): void
  /** The client says, or shows, that it is ready. */
  ready(): void
}

export interface StdioNoticesParts {
  readonly subscriptions: Subscriptions
  readonly access: Pick<Access, 'look'>
  readonly log: Log
}

export interface StdioNoticesOptions {
  readonly caller: Caller
  /** Whose changes the client wants to hear of. */
  readonly uris: ReadonlySet<string>
  readonly write: (message: JsonObject) => void
  /** Aborted when serving ends. */
  readonly signal: AbortSignal
}

/** An event log that cannot be reached is tried again after this long, in milliseconds. */
const RETRY_MS = 5_000

export function createStdioNotices(
  parts: StdioNoticesParts,
  options: StdioNoticesOptions,
): StdioNotices {
  const { caller, uris, write } = options
  /** What came before the client was ready; by what it is about, since telling it once will do. */
  const waiting = new Map<string, Change>()
  const state = { isBegun: false, isGreeted: false, isReady: false }

  const tell = (notice: Notice) => {
    if (notice.type === 'task.changed' || !mayHear(caller.userId, notice)) return
    if (notice.type === 'resource.updated' && !uris.has(notice.uri)) return
    if (state.isGreeted && state.isReady) write(toChangeNotification(notice))
    else waiting.set(notice.type === 'list.changed' ? notice.list : notice.uri, notice)
  }
  const tellAll = () => {
    for (const list of LIST_KINDS) tell({ type: 'list.changed', list })
    for (const uri of uris) tell({ type: 'resource.updated', uri, userId: caller.userId })
  }
  const advance = (step: 'isGreeted' | 'isReady') => {
    if (!state.isBegun) return
    state[step] = true
    if (!state.isGreeted || !state.isReady) return
    for (const notice of waiting.values()) tell(notice)
    waiting.clear()
  }

  return {
    begin: () => {
      if (!state.isBegun) void keepHearing(parts, options, { tell, tellAll })
      state.isBegun = true
    },
    greeted: () => advance('isGreeted'),
    ready: () => advance('isReady'),
  }
}

interface Telling {
  readonly tell: (notice: Notice) => void
  readonly tellAll: () => void
}

async function keepHearing(
  { subscriptions, access, log }: StdioNoticesParts,
  { caller, signal }: StdioNoticesOptions,
  { tell, tellAll }: Telling,
): Promise<void> {
  const { endpointId } = caller
  const look = () => access.look(caller)
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      await subscriptions.hear(endpointId, { signal, look, onNotice: tell, onGap: tellAll })
      // Nobody knows what has changed in between.
      if (!isFirst) tellAll()
      return
    } catch (err) {
      log.warn({ err, endpointId }, 'changes cannot be heard; it is tried again')
      await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }
}
