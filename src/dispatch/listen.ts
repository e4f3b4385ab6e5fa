/**
 * `subscriptions/listen`: a request that stays open and tells its client what has changed, of what
 * it asked for, until the client goes or the server stops.
 */
import type { Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Notice } from '../domain/notice.js'
import { createUserPlaces } from '../domain/user-places.js'
import { type JsonObject, toChangeNotification, toNotification } from '../protocol/protocol.js'
import type { Subscriptions } from '../subscriptions/subscriptions.js'
import type { Exchange, Handler } from './handler.js'
import {
  type Interest,
  type InterestParts,
  isNothing,
  isTaskNotFound,
  isWanted,
  readInterest,
  toFilter,
  toNotices,
} from './listen-interest.js'
import { createOutbox, type Outbox } from './listen-outbox.js'

export interface ListenParts extends InterestParts {
  readonly subscriptions: Subscriptions
  /** What the caller sees, as it is known without waiting. */
  readonly look: (caller: Caller) => Snapshot | undefined
}

/** At a time, of one user of one endpoint, in this process. */
const MAX_SUBSCRIPTIONS = 100

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId'

export function createListen(parts: ListenParts): Handler<'subscriptions/listen'> {
  const enter = createUserPlaces(MAX_SUBSCRIPTIONS)
  return async (caller, request, exchange) => {
    const leave = enter(caller)
    if (leave === undefined) throw busy()
    try {
      const interest = await readInterest(parts, caller, request)
      const meta = { [SUBSCRIPTION_ID]: request.id }
      await tellUntilEnd(parts, { caller, interest, meta, exchange })
      return { _meta: meta }
    } finally {
      leave()
    }
  }
}

interface Subscription {
  readonly caller: Caller
  readonly interest: Interest
  /** Of every message of this subscription. */
  readonly meta: JsonObject
  readonly exchange: Exchange
}

/** @throws GatewayError what kept it from telling everything; the client has to ask anew */
async function tellUntilEnd(parts: ListenParts, subscription: Subscription): Promise<void> {
  const { interest, meta, exchange } = subscription
  const acknowledge = () =>
    exchange.notify(
      toNotification('notifications/subscriptions/acknowledged', {
        notifications: toFilter(interest),
        _meta: meta,
      }),
    )
  if (isNothing(interest)) return acknowledge()
  const over = createEnd([exchange.signal, exchange.closing])
  const outbox = createOutbox(over.fail)
  try {
    // Heard before it is acknowledged, so that nothing falls between.
    await hear(parts, subscription, { outbox, signal: over.signal })
    acknowledge()
    outbox.open()
    await over.ended
  } finally {
    outbox.close()
    over.end()
  }
}

interface Telling {
  readonly outbox: Outbox
  readonly signal: AbortSignal
}

function hear(
  { subscriptions, detailTask, look }: ListenParts,
  { caller, interest, meta, exchange }: Subscription,
  { outbox, signal }: Telling,
): Promise<void> {
  const { endpointId, userId } = caller
  const tellTask = async (taskId: string) => {
    const task = await detailTask(caller, taskId).catch(nothingWhenGone)
    if (task === undefined || signal.aborted) return
    exchange.notify(toNotification('notifications/tasks', { ...task, _meta: meta }))
  }
  const add = (notice: Notice) => {
    if (notice.type === 'task.changed')
      outbox.add(`task ${notice.taskId}`, () => tellTask(notice.taskId))
    else {
      const key = notice.type === 'list.changed' ? `list ${notice.list}` : `uri ${notice.uri}`
      outbox.add(key, () => exchange.notify(toChangeNotification(notice, meta)))
    }
  }
  return subscriptions.hear(endpointId, {
    signal,
    look: () => look(caller),
    onNotice: (notice) => {
      if (isWanted(interest, userId, notice)) add(notice)
    },
    onGap: () => toNotices(interest, userId).forEach(add),
  })
}

function busy(): GatewayError {
  return new GatewayError('BUSY', `A user may have ${MAX_SUBSCRIPTIONS} subscriptions at a time`)
}

/** A task is kept for a while only. */
function nothingWhenGone(error: unknown): undefined {
  if (!isTaskNotFound(error)) throw error
}

interface End {
  /** Aborted at the end, whatever has brought it. */
  readonly signal: AbortSignal
  /** Rejects with what failed. */
  readonly ended: Promise<void>
  readonly fail: (error: unknown) => void
  readonly end: () => void
}

/**
 * Ends with the first of the signals. They outlive it and nothing of it stays with them, as it would
 * with `AbortSignal.any`: https://github.com/nodejs/node/issues/54614
 */
function createEnd(signals: readonly AbortSignal[]): End {
  const controller = new AbortController()
  const { signal } = controller
  let failure: unknown
  const ended = new Promise<void>((resolve, reject) => {
    const settle = () => (failure === undefined ? resolve() : reject(failure))
    signal.addEventListener('abort', settle, { once: true })
  })
  const end = () => {
    controller.abort()
    for (const source of signals) source.removeEventListener('abort', end)
  }
  const fail = (error: unknown) => {
    failure ??= error
    end()
  }
  for (const source of signals) source.addEventListener('abort', end, { once: true })
  if (signals.some(({ aborted }) => aborted)) end()
  return { signal, ended, fail, end }
}
