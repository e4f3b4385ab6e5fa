/** Whole calls by their ids: one, or many in few requests. */
import { setTimeout as delay } from 'node:timers/promises'
import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb'
import { validate as isUuid } from 'uuid'
import type { Aws } from '../aws/aws.js'
import { type CallKey, callKey } from '../aws/table-keys.js'
import type { CallRecord } from '../domain/call.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { contentBytes, readContent } from './call-content.js'
import { shardOf } from './call-id.js'
import { type CallRow, isExpired, readCallRow, toCallRecord } from './call-row.js'
import type { Calls, ReadManyOptions } from './calls.js'
import { readRow } from './dynamo-call-rows.js'
import type { Sweeper } from './dynamo-sweeper.js'

export interface CallReaderParts {
  readonly aws: Aws
  readonly sweeper: Pick<Sweeper, 'closeLeft'>
  readonly clock: Clock
}

/** What BatchGetItem takes. */
const MAX_KEYS = 100

/** Contents that are read from the bucket at a time, for one question: each may be several MiB. */
const MAX_CONTENTS = 8

/** How often keys that the database has left out are asked for again, without any being answered. */
const MAX_EMPTY_ANSWERS = 4

/** Before it asks again; it doubles with each of these. In milliseconds. */
const FIRST_WAIT_MS = 25

export function createCallReader(parts: CallReaderParts): Pick<Calls, 'read' | 'readMany'> {
  const { aws } = parts
  return {
    async read(endpointId, callId) {
      const row = await readRow(aws, endpointId, callId)
      return row && toWholeCall(parts, endpointId, { row })
    },

    async readMany(endpointId, callIds, options = {}) {
      const wanted = [...new Set(callIds)].filter((callId) => isUuid(callId))
      const groups = groupsOf(wanted, MAX_KEYS)
      const rows = await Promise.all(groups.map((group) => readRows(aws, endpointId, group)))
      const found = new Map<string, CallRecord | Error>()
      for (const group of groupsOf(rows.flat(), MAX_CONTENTS)) {
        const calls = await Promise.all(
          group.map((row) => tryWholeCall(parts, endpointId, { row, ...options })),
        )
        for (const [at, call] of calls.entries()) {
          const callId = group[at]?.mcp_function_call_uuid
          if (call !== undefined && callId !== undefined) found.set(callId, call)
        }
      }
      return found
    },
  }
}

interface Wanted extends ReadManyOptions {
  readonly row: CallRow
}

/** @returns undefined when it has expired, or was erased meanwhile */
async function toWholeCall(
  { aws, sweeper, clock }: CallReaderParts,
  endpointId: EndpointId,
  { row: found, demandRoom }: Wanted,
): Promise<CallRecord | undefined> {
  if (isExpired(found, clock)) return undefined
  demandRoom?.(contentBytes(found))
  const row = await sweeper.closeLeft(endpointId, found)
  const callId = row.mcp_function_call_uuid
  try {
    return toCallRecord(endpointId, row, await readContent(aws, { endpointId, callId }, row))
  } catch (error) {
    if ((await readRow(aws, endpointId, callId)) === undefined) return undefined
    throw error
  }
}

/** One that cannot be read is no reason to show none of the others. */
async function tryWholeCall(
  parts: CallReaderParts,
  endpointId: EndpointId,
  wanted: Wanted,
): Promise<CallRecord | Error | undefined> {
  try {
    return await toWholeCall(parts, endpointId, wanted)
  } catch (cause) {
    return cause instanceof Error ? cause : new Error('a call cannot be read', { cause })
  }
}

/** @param callIds different ones, not more than one request takes */
async function readRows(
  { db, tables }: Aws,
  endpointId: EndpointId,
  callIds: readonly string[],
): Promise<CallRow[]> {
  const rows: CallRow[] = []
  let keys: Record<string, unknown>[] = callIds.map((callId) => ({ ...keyOf(endpointId, callId) }))
  let emptyAnswers = 0
  for (;;) {
    const { Responses, UnprocessedKeys } = await db.send(
      new BatchGetCommand({ RequestItems: requestOf(tables.calls, keys) }),
    )
    rows.push(...(Responses?.[tables.calls] ?? []).map(readCallRow))
    const left = UnprocessedKeys?.[tables.calls]?.Keys ?? []
    if (left.length === 0) return rows
    emptyAnswers = left.length < keys.length ? 0 : emptyAnswers + 1
    if (emptyAnswers > MAX_EMPTY_ANSWERS) throw tooBusy()
    keys = left
    await delay(FIRST_WAIT_MS * 2 ** emptyAnswers)
  }
}

function keyOf(endpointId: EndpointId, callId: string): CallKey {
  return callKey(endpointId, callId, shardOf(callId))
}

function requestOf(
  table: string,
  keys: Record<string, unknown>[],
): BatchGetCommandInput['RequestItems'] {
  return { [table]: { Keys: keys, ConsistentRead: true } }
}

function groupsOf<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size)
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size))
}

function tooBusy(): GatewayError {
  return new GatewayError('BUSY', 'The database does not answer for all of these calls; try again')
}
