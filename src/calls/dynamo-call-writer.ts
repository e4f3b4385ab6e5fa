/** What is written of a call, and when it counts as written. */
import type { Aws } from '../aws/aws.js'
import type { CallRecord } from '../domain/call.js'
import { toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { About, Recorder, Work } from '../recording/recording.js'
import type { Log } from '../telemetry/telemetry.js'
import {
  type CallContent,
  sizeOf,
  storeContent,
  toBegunContent,
  toCallContent,
} from './call-content.js'
import { type CallRow, toCallRow } from './call-row.js'
import type { CallSettingsStore } from './call-settings.js'
import type { RecordSettings } from './calls.js'
import {
  AnotherEnd,
  readRow,
  toWireRow,
  type WireRow,
  writeUnlessEnded,
} from './dynamo-call-rows.js'
import { redact } from './redaction.js'

export interface CallWriter {
  /** That it has begun, and runs. Never throws: its end is written whatever comes of this. */
  begin(call: CallRecord): void
  /** The end of a call of which nothing was written yet. @throws GatewayError `NOT_RECORDED` */
  write(call: CallRecord): Promise<void>
  /**
   * The end of a call that may be written down already.
   *
   * @throws GatewayError `NOT_RECORDED`
   */
  close(call: CallRecord, options?: CloseOptions): Promise<void>
}

export interface CloseOptions {
  /** True for one who has to know whether this is the end that counts, whatever the durability. */
  readonly isAwaited?: boolean
}

export interface CallWriterParts {
  readonly aws: Aws
  readonly settings: CallSettingsStore
  readonly recorder: Recorder<WireRow>
  readonly retentionDays: number
  readonly offloadBytes: number
  readonly log: Log
}

/** A call as it is to be written. */
interface Prepared {
  readonly row: ReturnType<typeof toCallRow>
  readonly content: CallContent
}

export function createCallWriter(parts: CallWriterParts): CallWriter {
  const { aws, settings, recorder, retentionDays, offloadBytes, log } = parts

  const prepare = (
    call: CallRecord,
    { redact: pointers }: RecordSettings,
    toContent = toCallContent,
  ): Prepared => {
    const kept =
      pointers.length === 0 ? call : { ...call, arguments: redact(call.arguments, pointers) }
    const content = toContent(kept, offloadBytes)
    return { row: toCallRow(kept, content, retentionDays), content }
  }
  const persist = (call: CallRecord, known: Prepared | undefined, isAwaited: boolean) => {
    let prepared = known
    let isStored = false
    const work: Work = async (signal) => {
      prepared ??= prepare(call, await settings.read(call.endpointId))
      const { row, content } = prepared
      if (content.object && !isStored) {
        // What has ended otherwise keeps its object too.
        if (await hasEnded(aws, call, signal)) return
        await storeContent(aws, call, content, signal)
        isStored = true
      }
      if (await writeUnlessEnded(aws, row, signal)) return
      if (!(await hasEnded(aws, call, signal))) throw new Error('the row of a call has gone')
    }
    const content = known?.content ?? toCallContent(call, offloadBytes)
    return recorder.persist(work, { ...aboutOf(call, content), isAwaited })
  }
  /** Nothing is waited for before the recorder has it: whoever closes that knows of it. */
  const writeEnd = async (call: CallRecord, isFirst: boolean, isAwaited = false) => {
    try {
      const wanted = settings.recent(call.endpointId)
      const known = wanted && prepare(call, wanted)
      const isOfGroup = isFirst && known !== undefined && !known.content.object
      await (isOfGroup
        ? recorder.write(toWireRow(known.row), aboutOf(call, known.content))
        : persist(call, known, isAwaited))
    } catch (cause) {
      throw notRecorded(call, { cause, log })
    }
  }
  return {
    begin: (call) => {
      const written = recorder.persist(
        async (signal) => {
          const wanted = await settings.read(call.endpointId)
          const { row } = prepare(call, wanted, toBegunContent)
          await writeUnlessEnded(aws, row, signal)
        },
        aboutOf(call, toCallContent(call, offloadBytes)),
      )
      written.catch((error: unknown) => {
        log.warn({ ...namesOf(call), err: error }, 'a call runs, and is not written down yet')
      })
    },
    write: (call) => writeEnd(call, true),
    close: (call, { isAwaited } = {}) => writeEnd(call, false, isAwaited),
  }
}

function aboutOf(call: CallRecord, content: CallContent): About {
  return { bytes: sizeOf(content), names: namesOf(call) }
}

function namesOf({ endpointId, callId }: CallRecord) {
  return { endpointId, callId }
}

/**
 * @returns true when this end is written: its answer may have been lost
 * @throws AnotherEnd when the call has ended otherwise
 */
async function hasEnded(aws: Aws, call: CallRecord, signal: AbortSignal): Promise<boolean> {
  const stored = await readRow(aws, call.endpointId, call.callId, signal)
  if (stored === undefined || stored.status === 'in_process') return false
  if (isSameEnd(stored, call)) return true
  throw new AnotherEnd(`another end of call ${call.callId} is recorded`)
}

function isSameEnd(stored: CallRow, call: CallRecord): boolean {
  return (
    stored.updated_at === toIso(call.updatedAt) &&
    stored.status === call.status &&
    stored.user_id === call.userId
  )
}

function notRecorded(call: CallRecord, { cause, log }: { cause: unknown; log: Log }): GatewayError {
  log.error({ ...namesOf(call), err: cause }, 'a call could not be recorded')
  return new GatewayError(
    'NOT_RECORDED',
    `The function has run, but call ${call.callId} could not be recorded`,
    { cause },
  )
}
