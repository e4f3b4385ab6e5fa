/** Calls whose users are told of them: once a call is recorded, and never before. */
import type { Calls, OpenCall } from '../calls/calls.js'
import type { CallRecord } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import { type EventLog, userStream } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'
import { type CallProgress, toCallEvent, toProgressEvent } from './call-events.js'
import { createOwedGaps } from './owed-gaps.js'
import type { RecordedCalls } from './recorded-calls.js'
import type { UserEvent } from './user-event.js'

export interface ToldCalls extends Calls {
  open(endpointId: EndpointId): ToldCall
  /** Who has missed something is not told so any longer; settles when the rest is told. */
  endTelling(): Promise<void>
}

export interface ToldCall extends OpenCall {
  /** How far it has come; of a call that is over soon nobody is told. */
  progressed(progress: CallProgress): void
}

export interface ToldCallsParts {
  readonly calls: Calls
  /** Where calls are told to those who manage their endpoint too. */
  readonly recordedCalls?: Pick<RecordedCalls, 'add' | 'close'> | undefined
  readonly events: EventLog
  readonly clock: Clock
  readonly log: Log
}

/** Between two events of one call's progress, in milliseconds. */
const PROGRESS_MS = 1000

export function createToldCalls(parts: ToldCallsParts): ToldCalls {
  const { calls, recordedCalls, events, clock, log } = parts
  const gaps = createOwedGaps({ events, clock, log })
  const tell = async ({ endpointId, userId, callId }: CallRecord, event: UserEvent) => {
    const stream = userStream(endpointId, userId)
    try {
      await events.append(stream, event)
    } catch (err) {
      // It is recorded: its user finds it in the history, once told to look there.
      gaps.owe(stream)
      log.warn({ err, endpointId, callId, event: event.type }, 'a user could not be told of a call')
    }
  }
  return {
    ...calls,
    open(endpointId) {
      const open = calls.open(endpointId)
      let started: CallRecord | undefined
      let toldAt = 0
      return {
        ...open,
        // The recorder asks how it stands when it writes down that the call has started.
        describe: (asItStands) =>
          open.describe(() => {
            const record = asItStands()
            if (started === undefined) void tell(record, toCallEvent(record))
            started = record
            return record
          }),
        progressed(progress) {
          const now = clock.now()
          if (started === undefined || now - toldAt < PROGRESS_MS) return
          toldAt = now
          void tell(started, toProgressEvent(started, progress, now))
        },
        async end(call) {
          started = undefined
          await open.end(call)
          recordedCalls?.add(call)
          await tell(call, toCallEvent(call))
        },
      }
    },
    async finish(call) {
      await calls.finish(call)
      recordedCalls?.add(call)
      await tell(call, toCallEvent(call))
    },
    async endTelling() {
      gaps.close()
      await recordedCalls?.close()
    },
  }
}
