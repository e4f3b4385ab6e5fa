/** What is written of a call, and when it counts as written. */
import type { Aws } from '../aws/aws.js'
import type { WireRow } from '../aws/batch-put.js'
import type { CallRecord } from '../domain/call.js'
import { toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { About, Recorder, Work } from '../recording/recording.js'
import type { Log } from '../telemetry/telemetry.js'
import {
  type CallContent,
  type CallTexts,
  sizeOf,
  storeContent,
  toBegunContent,
  toCallContent,
  toTexts,
} from './call-content.js'
import { type CallRow, toCallRow } from './call-row.js'
import type { CallSettingsStore } from './call-settings.js'
import type { RecordSettings } from './calls.js'
import { AnotherEnd, readRow, toWireRow, writeUnlessEnded } from './dynamo-call-rows.js'
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

/** A call without what its endpoint keeps secret, and what is said of it. */
interface Kept {
  readonly call: CallRecord
  readonly texts: CallTexts
}

/** What is known of an end before it is written. */
interface End {
  /** Undefined while it is not known what its endpoint keeps secret. */
  readonly kept: Kept | undefined
  /** Nothing was written of the call yet. */
  readonly isFirst: boolean
  readonly isAwaited: boolean
}

export function createCallWriter(parts: CallWriterParts): CallWriter {
  const { aws, settings, recorder, retentionDays, offloadBytes, log } = parts

  const toRow = (call: CallRecord, content: CallContent) => toCallRow(call, content, retentionDays)
  const persistEnd = (call: CallRecord, { kept: known, isFirst, isAwaited }: End) => {
    const texts = known?.texts ?? toTexts(call)
    let kept = known
    let content: CallContent | undefined
    let isStored = false
    const work: Work = async (signal) => {
      kept ??= withoutSecrets(call, await settings.read(call.endpointId), texts)
      content ??= toCallContent(kept.texts, offloadBytes)
      if (content.object && !isStored) {
        // What has ended otherwise keeps its object too.
        if (!isFirst && (await hasEnded(aws, call, signal))) return
        await storeContent(aws, call, content, signal)
        isStored = true
      }
      if (await writeUnlessEnded(aws, toRow(kept.call, content), signal)) return
      if (!(await hasEnded(aws, call, signal))) throw new Error('the row of a call has gone')
    }
    return recorder.persist(work, { ...aboutOf(call, texts), isAwaited })
  }
  /** Nothing is waited for before the recorder has it: whoever closes that knows of it. */
  const writeEnd = async (call: CallRecord, isFirst: boolean, isAwaited = false) => {
    try {
      const wanted = settings.recent(call.endpointId)
      const kept = wanted && withoutSecrets(call, wanted)
      if (!isFirst || kept === undefined || kept.texts.bytes > offloadBytes)
        return await persistEnd(call, { kept, isFirst, isAwaited })
      const row = toRow(kept.call, toCallContent(kept.texts, offloadBytes))
      return await recorder.write(toWireRow(row), aboutOf(call, kept.texts))
    } catch (cause) {
      throw notRecorded(call, { cause, log })
    }
  }
  return {
    begin: (call) => {
      const texts = toTexts(call)
      const work: Work = async (signal) => {
        const kept = withoutSecrets(call, await settings.read(call.endpointId), texts)
        const content = toBegunContent(kept.texts, offloadBytes)
        await writeUnlessEnded(aws, toRow(kept.call, content), signal)
      }
      recorder.persist(work, aboutOf(call, texts)).catch((error: unknown) => {
        log.warn({ ...namesOf(call), err: error }, 'a call runs, and is not written down yet')
      })
    },
    write: (call) => writeEnd(call, true),
    close: (call, { isAwaited } = {}) => writeEnd(call, false, isAwaited),
  }
}

/** @param texts of the call, where they are at hand */
function withoutSecrets(
  call: CallRecord,
  { redact: pointers }: RecordSettings,
  texts?: CallTexts,
): Kept {
  if (pointers.length === 0) return { call, texts: texts ?? toTexts(call) }
  const kept = { ...call, arguments: redact(call.arguments, pointers) }
  return { call: kept, texts: toTexts(kept) }
}

function aboutOf(call: CallRecord, texts: CallTexts): About {
  return { bytes: sizeOf(texts), names: namesOf(call) }
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
