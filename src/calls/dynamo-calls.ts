/** Calls in DynamoDB, large ones with their content in S3. */
import type { Aws } from '../aws/aws.js'
import type { WireRow } from '../aws/batch-put.js'
import type { CallRecord } from '../domain/call.js'
import { type Clock, systemClock } from '../domain/clock.js'
import type { StateStore } from '../domain/state-store.js'
import { createOpenRecords, createRecorder, type Durability } from '../recording/recording.js'
import type { Log } from '../telemetry/telemetry.js'
import { newCallId } from './call-id.js'
import { changeSettings, createCallSettings } from './call-settings.js'
import type { Calls } from './calls.js'
import { createCallReader } from './dynamo-call-reader.js'
import { isFinal, MAX_GROUP_ROWS, putRows } from './dynamo-call-rows.js'
import { createCallWriter } from './dynamo-call-writer.js'
import { createEraser } from './dynamo-eraser.js'
import { createHistory } from './dynamo-history.js'
import { createSweeper } from './dynamo-sweeper.js'
import { toCursor } from './history-cursor.js'

export interface DynamoCallsOptions {
  readonly aws: Aws
  readonly state: StateStore
  /** Days until a record may be deleted; 0 keeps it for ever. */
  readonly retentionDays: number
  /** Default: `ack`. */
  readonly durability?: Durability
  /** How long the database may be away before callers are told, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
  /** A call that goes on for this long is written down before it ends: milliseconds. Default 1000. */
  readonly startAfterMs?: number
  /** Records that wait for the database; beyond it no call begins. Default 10,000. */
  readonly maxPending?: number
  /** With `async`: what those may hold in memory; beyond it answers wait. Default 64 MiB. */
  readonly maxPendingBytes?: number
  /** UTF-8 bytes of arguments and content above which they go to S3. Default 32 KiB. */
  readonly offloadBytes?: number
  /** Between two looks for calls that were left behind, in milliseconds. Default: one minute. */
  readonly sweepEveryMs?: number
  readonly log: Log
  readonly clock?: Clock
}

const DEFAULTS = {
  durability: 'ack',
  timeoutMs: 10_000,
  startAfterMs: 1000,
  maxPending: 10_000,
  maxPendingBytes: 64 * 1024 * 1024,
  offloadBytes: 32 * 1024,
  sweepEveryMs: 60_000,
  clock: systemClock,
} as const

/** What has ended when everything else has stopped is given this long to be written, at least. */
const LAST_WRITES_MS = 1000

export function createDynamoCalls(options: DynamoCallsOptions): Calls {
  const parts = { ...DEFAULTS, ...options }
  const { aws, state, startAfterMs, clock } = parts
  const settings = createCallSettings(state, clock)
  const store = {
    maxRows: MAX_GROUP_ROWS,
    put: (rows: readonly WireRow[], signal: AbortSignal) => putRows(aws, rows, signal),
    isFinal,
  }
  const recorder = createRecorder<WireRow>({ ...parts, store })
  const writer = createCallWriter({ ...parts, settings, recorder })
  const sweeper = createSweeper({ ...parts, settings })
  const history = createHistory({ aws, settings, clock })
  const trace = (call: CallRecord) => writer.begin(call)
  const openRecords = createOpenRecords({ afterMs: startAfterMs, trace, clock })
  return {
    open(endpointId) {
      recorder.demand()
      sweeper.watch(endpointId)
      const createdAt = clock.now()
      const record = openRecords.open(createdAt)
      return {
        callId: newCallId(settings.peek(endpointId).shards),
        createdAt,
        describe: (asItStands) => record.describe(asItStands),
        leave: () => record.end(),
        end: (call) => {
          record.end()
          return record.isTraced ? writer.close(call) : writer.write(call)
        },
      }
    },

    finish: (call) => writer.close(call, { isAwaited: true }),

    ...createCallReader({ aws, sweeper, clock }),

    list(query) {
      sweeper.watch(query.endpointId)
      return history.list(query)
    },

    cursorAt: toCursor,

    erase: createEraser({ aws, sweeper, clock }),

    settings: (endpointId) => settings.read(endpointId),

    changeSettings: (endpointId, wanted) =>
      settings.change(endpointId, (before) => changeSettings(before, wanted)),

    async close(timeoutMs) {
      sweeper.close()
      const closesAt = performance.now() + timeoutMs
      await openRecords.close(timeoutMs)
      await recorder.close(Math.max(closesAt - performance.now(), LAST_WRITES_MS))
    },
  }
}
