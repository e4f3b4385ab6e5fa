/** Lets so many through at a time; the others wait in the order in which they came. */
import { GatewayError } from '../domain/errors.js'

/** @throws GatewayError `BUSY` when too many wait already */
export type Turnstile = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>

export interface TurnstileOptions {
  /** Of one key. */
  readonly atATime: number
  /** Of one key; one more is refused. Default: no end of them. */
  readonly maxWaiting?: number
}

interface Gate {
  inside: number
  readonly waiting: (() => void)[]
}

export function createTurnstile({ atATime, maxWaiting = Infinity }: TurnstileOptions): Turnstile {
  const gates = new Map<string, Gate>()
  const enter = async (key: string): Promise<Gate> => {
    const gate = gates.get(key) ?? { inside: 0, waiting: [] }
    gates.set(key, gate)
    if (gate.inside < atATime) gate.inside++
    else if (gate.waiting.length >= maxWaiting) throw tooMany()
    // Whoever leaves hands over the place.
    else await new Promise<void>((resolve) => gate.waiting.push(resolve))
    return gate
  }
  const leave = (key: string, gate: Gate): void => {
    const next = gate.waiting.shift()
    if (next !== undefined) return next()
    gate.inside--
    if (gate.inside === 0) gates.delete(key)
  }
  return async (key, work) => {
    const gate = await enter(key)
    try {
      return await work()
    } finally {
      leave(key, gate)
    }
  }
}

function tooMany(): GatewayError {
  const data = { retryAfterS: 1 }
  return new GatewayError('BUSY', 'Too much of the history is being read: try again', { data })
}
