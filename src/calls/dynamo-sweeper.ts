/**
 * Closes calls whose instance has stopped in the middle of them. Any number of instances may do it
 * at the same time: a call is closed once.
 */
import { QueryCommand, type QueryCommandInput, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { isConditionRefused } from '../aws/rows.js'
import { callKey, failedCallsKey, runningCallsKey } from '../aws/table-keys.js'
import { type CallError, isLeftBehind, LEFT_BEHIND_AFTER_MS } from '../domain/call.js'
import { type Clock, toIso } from '../domain/clock.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { shardOf, shardsUpTo } from './call-id.js'
import type { CallRow } from './call-row.js'
import type { CallSettingsStore } from './call-settings.js'
import { readRow } from './dynamo-call-rows.js'

export interface Sweeper {
  /** Looks after this endpoint from now on. */
  watch(endpointId: EndpointId): void
  /** @returns the row, closed first when the call was left behind */
  closeLeft(endpointId: EndpointId, row: CallRow): Promise<CallRow>
  /** Looks through the endpoints that it has not looked through for longest; one look at a time. */
  sweep(): Promise<void>
  close(): void
}

export interface SweeperParts {
  readonly aws: Aws
  readonly settings: CallSettingsStore
  readonly sweepEveryMs: number
  readonly clock: Clock
  readonly log: Log
}

/** Beyond it the one that was looked through longest ago is looked after no more. */
const MAX_WATCHED = 10_000

/** Endpoints that are looked through in one round. */
const ENDPOINTS_PER_ROUND = 100

/** Of 1 MB of one partition, in one round. */
const MAX_PAGES = 10

const INTERRUPTED: CallError = {
  code: 'INTERRUPTED',
  message: 'The call was interrupted: the instance of the gateway that ran it has stopped',
}

const Running = z.object({ mcp_function_call_uuid: z.string(), deadline: z.number() })

type Running = z.infer<typeof Running>

export function createSweeper(parts: SweeperParts): Sweeper {
  const { settings, sweepEveryMs, clock, log } = parts
  /** The one that was looked through longest ago comes first. */
  const watched = new Set<EndpointId>()
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  let isOver = false

  const sweepEndpoint = async (endpointId: EndpointId) => {
    const { shards } = await settings.read(endpointId)
    for (const shard of shardsUpTo(shards))
      for await (const call of readLeft(parts, endpointId, shard)) {
        if (isOver) return
        await close(parts, endpointId, call)
      }
  }
  const sweepSome = async () => {
    for (const endpointId of [...watched].slice(0, ENDPOINTS_PER_ROUND)) {
      if (isOver) return
      if (!watched.delete(endpointId)) continue
      watched.add(endpointId)
      await sweepEndpoint(endpointId).catch((error: unknown) => {
        if (isOver) return
        log.warn({ err: error, endpointId }, 'calls that were left behind could not be closed')
      })
    }
  }
  const sweep = () =>
    (sweeping ??= sweepSome().finally(() => {
      sweeping = undefined
    }))
  return {
    sweep,
    watch(endpointId) {
      if (isOver) return
      watched.add(endpointId)
      if (watched.size > MAX_WATCHED) dropFirst(watched)
      timer ??= setInterval(() => void sweep(), sweepEveryMs).unref()
    },
    async closeLeft(endpointId, row) {
      const { status, deadline } = row
      if (status !== 'in_process' || deadline === undefined) return row
      if (!isLeftBehind(deadline, clock.now())) return row
      await close(parts, endpointId, { ...row, deadline })
      return (await readRow(parts.aws, endpointId, row.mcp_function_call_uuid)) ?? row
    },
    close() {
      isOver = true
      clearInterval(timer)
    },
  }
}

function dropFirst(watched: Set<EndpointId>): void {
  for (const first of watched) {
    watched.delete(first)
    return
  }
}

/** The oldest first; after so many pages what is left over is closed by the next round. */
async function* readLeft(
  { aws, clock }: SweeperParts,
  endpointId: EndpointId,
  shard: string | undefined,
): AsyncGenerator<Running> {
  const query: QueryCommandInput = {
    TableName: aws.tables.calls,
    IndexName: 'failures',
    KeyConditionExpression: '#key = :key',
    FilterExpression: '#deadline < :before',
    ExpressionAttributeNames: { '#key': 'failure_key', '#deadline': 'deadline' },
    ExpressionAttributeValues: {
      ':key': runningCallsKey(endpointId, shard),
      ':before': clock.now() - LEFT_BEHIND_AFTER_MS,
    },
  }
  let after: QueryCommandInput['ExclusiveStartKey']
  for (let page = 0; page < MAX_PAGES; page++) {
    const { Items = [], LastEvaluatedKey: last } = await aws.db.send(
      new QueryCommand({ ...query, ExclusiveStartKey: after }),
    )
    for (const item of Items) yield Running.parse(item)
    if (last === undefined) return
    after = last
  }
}

async function close(
  { aws, clock, log }: SweeperParts,
  endpointId: EndpointId,
  { mcp_function_call_uuid: callId, deadline }: Running,
): Promise<void> {
  const shard = shardOf(callId)
  try {
    await aws.db.send(
      new UpdateCommand({
        TableName: aws.tables.calls,
        Key: callKey(endpointId, callId, shard),
        UpdateExpression:
          'SET #status = :failed, #error = :error, #updated = :now, #failure = :failure REMOVE #deadline',
        ConditionExpression: '#status = :running AND #deadline = :deadline',
        ExpressionAttributeNames: {
          '#status': 'status',
          '#error': 'error',
          '#updated': 'updated_at',
          '#failure': 'failure_key',
          '#deadline': 'deadline',
        },
        ExpressionAttributeValues: {
          ':failed': 'failed',
          ':error': INTERRUPTED,
          ':now': toIso(clock.now()),
          ':failure': failedCallsKey(endpointId, shard),
          ':running': 'in_process',
          ':deadline': deadline,
        },
      }),
    )
    log.warn({ endpointId, callId }, 'a call was closed for an instance that has gone')
  } catch (error) {
    // Another instance was first, or the call goes on for longer.
    if (!isConditionRefused(error)) throw error
  }
}
