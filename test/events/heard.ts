import { EventEmitter, once } from 'node:events'
import type { EventBody, EventListener } from '../../src/events/events.js'

export interface Heard extends EventListener {
  /** The numbers in the events, and `dropped` where some are missing. */
  readonly told: (number | 'dropped')[]
  /** Settles when this many were told. */
  readonly until: (count: number) => Promise<readonly (number | 'dropped')[]>
}

/** Writes down what a listener is told. */
export function createHeard(): Heard {
  const emitter = new EventEmitter()
  const told: (number | 'dropped')[] = []
  const tell = (what: number | 'dropped') => {
    told.push(what)
    emitter.emit('told')
  }
  return {
    told,
    onEvent: ({ body }) => tell(Number(body['n'])),
    onDropped: () => tell('dropped'),
    async until(count) {
      while (told.length < count) await once(emitter, 'told')
      return told
    },
  }
}

export function event(n: number): EventBody {
  return { n }
}

/** From a number to one before another. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
