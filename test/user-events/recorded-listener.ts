/** One who manages an endpoint, and writes down the calls of it that they are told. */
import { EventEmitter, once } from 'node:events'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import type { EventLog } from '../../src/events/events.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import {
  createRecordedCalls,
  type RecordedCall,
  type RecordedCalls,
} from '../../src/user-events/user-events.js'

export interface Told {
  readonly call: RecordedCall | 'gap'
  readonly cursor: string
}

/** Ends with the test. */
export function feedOf(events: EventLog): RecordedCalls {
  const recorded = createRecordedCalls({ events, clock: systemClock, log: silentLog })
  onTestFinished(() => recorded.close())
  return recorded
}

/** The same. */
export async function listen(recorded: RecordedCalls, after?: string, endpointId = 'acme') {
  const told: Told[] = []
  const emitter = new EventEmitter()
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const note = (call: Told['call'], cursor: string) => {
    told.push({ call, cursor })
    emitter.emit('told')
  }
  await recorded.hear(endpointId, {
    after,
    signal: controller.signal,
    onCall: note,
    onGap: (cursor) => note('gap', cursor),
  })
  return {
    told,
    names: () => told.map(({ call }) => (call === 'gap' ? call : call.name)),
    leave: () => controller.abort(),
    async until(count: number): Promise<readonly Told[]> {
      while (told.length < count) await once(emitter, 'told')
      return told
    },
  }
}
