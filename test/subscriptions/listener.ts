import { EventEmitter, once } from 'node:events'
import type { EventId } from '../../src/events/events.js'
import type { Notice, NoticeListener } from '../../src/subscriptions/subscriptions.js'

export interface TestListener extends NoticeListener {
  /** In order; `gap` where some are missing. */
  readonly told: (Notice | 'gap')[]
  readonly ids: EventId[]
  /** Settles when this many were told. */
  until(count: number): Promise<readonly (Notice | 'gap')[]>
  stop(): void
}

/** Writes down what it is told. */
export function createListener(after?: EventId): TestListener {
  const emitter = new EventEmitter()
  const controller = new AbortController()
  const told: (Notice | 'gap')[] = []
  const ids: EventId[] = []
  return {
    after,
    signal: controller.signal,
    told,
    ids,
    onNotice: (notice, id) => {
      told.push(notice)
      ids.push(id)
      emitter.emit('told')
    },
    onGap: () => {
      told.push('gap')
      emitter.emit('told')
    },
    until: async (count) => {
      while (told.length < count) await once(emitter, 'told')
      return told
    },
    stop: () => controller.abort(),
  }
}

export const updated = (n: number): Notice => ({ type: 'resource.updated', uri: `test://r/${n}` })
