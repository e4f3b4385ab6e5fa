/** What is told by calling back, as a subscription that is read one after the other. */
import { GatewayError } from '../domain/errors.js'
import type { ManagementContext } from './context.js'

/** Something that is told, or why nothing more is: that comes last. */
type Told<Event> = { readonly event: Event } | { readonly failure: unknown }

export interface Ear<Event> {
  /** Aborted when nobody reads any longer. */
  readonly signal: AbortSignal
  readonly tell: (event: Event) => void
  /** Undefined while there is room for more; else it settles when there is. */
  readonly ready: () => Promise<void> | undefined
}

/** What is told and not yet read; one more ends the subscription. */
const MAX_WAITING = 1000

/**
 * A failure is the last thing that is told, so that its reader is answered with it and with all that came
 * before.
 *
 * @param client aborts when it has gone
 * @param hear begins to tell, settles when what comes is heard, and ends with the signal of the ear
 * @returns settles when what comes is heard, or there is something to read
 */
export async function listenTo<Event>(
  client: AbortSignal,
  hear: (ear: Ear<Event>) => Promise<void>,
): Promise<AsyncIterableIterator<Told<Event>>> {
  const waiting: Told<Event>[] = []
  const hearing = new AbortController()
  const arrivals = createBell()
  const departures = createBell()
  /** What waits is still read. */
  const finish = () => {
    client.removeEventListener('abort', leave)
    hearing.abort()
    arrivals.ring()
    departures.ring()
  }
  const leave = () => {
    waiting.length = 0
    finish()
  }
  const fail = (failure: unknown) => {
    if (hearing.signal.aborted) return
    waiting.push({ failure })
    finish()
  }
  const tell = (event: Event) => {
    if (hearing.signal.aborted) return
    if (waiting.length >= MAX_WAITING) return fail(tooSlow())
    waiting.push({ event })
    arrivals.ring()
  }
  const isFull = () => waiting.length >= MAX_WAITING / 2 && !hearing.signal.aborted
  /** One departure is not enough: what comes next may be hundreds. */
  const untilRoom = async () => {
    while (isFull()) await departures.rung()
  }
  const ready = () => (isFull() ? untilRoom() : undefined)
  const next = async (): Promise<IteratorResult<Told<Event>>> => {
    while (waiting.length === 0 && !hearing.signal.aborted) await arrivals.rung()
    const value = waiting.shift()
    departures.ring()
    return value === undefined ? { done: true, value } : { done: false, value }
  }

  const begin = () =>
    hear({ signal: hearing.signal, tell, ready }).catch((error) => fail(toFailure(error)))

  client.addEventListener('abort', leave, { once: true })
  if (client.aborted) leave()
  else await Promise.race([arrivals.rung(), begin()])
  const told: AsyncIterableIterator<Told<Event>> = {
    next,
    return: async () => {
      leave()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => told,
  }
  return told
}

/**
 * What a subscription answers with; what is shown below it is what is there now.
 *
 * @throws what ended the subscription
 */
export function eventOf<Event>(
  told: Told<Event>,
  _args: unknown,
  { loaders }: Pick<ManagementContext, 'loaders'>,
): Event {
  loaders.renew()
  if ('failure' in told) throw told.failure
  return told.event
}

interface Bell {
  ring(): void
  /** Settles when it rings next. */
  rung(): Promise<void>
}

function createBell(): Bell {
  const waiters: (() => void)[] = []
  return {
    ring: () => {
      for (const wake of waiters.splice(0)) wake()
    },
    rung: () => new Promise((resolve) => waiters.push(resolve)),
  }
}

/** What can be wrong about a request for events is its cursor. */
function toFailure(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.code !== 'INVALID_REQUEST') return error
  const message = 'after: not a cursor of this subscription'
  return new GatewayError('CURSOR_INVALID', message, { cause: error })
}

function tooSlow(): GatewayError {
  return new GatewayError(
    'BUSY',
    'More has happened than was read: subscribe again with the last cursor as after',
  )
}
