/** Where the calls lie that a history is asked for, and which of those there fit the question. */
import {
  callPartitionKey,
  failedCallsKey,
  functionCallsKey,
  runningCallsKey,
  userCallsKey,
} from '../aws/table-keys.js'
import { toRowName } from './call-row.js'
import type { HistoryQuery } from './calls.js'
import { toValidText } from './clip-text.js'

export interface Partition {
  /** Absent for the table itself. */
  readonly index?: string
  readonly name: string
  readonly value: string
}

/** The partition with the fewest other calls in it. */
export function partitionOf(query: HistoryQuery, shard: string | undefined): Partition {
  const { endpointId, mcpType, status } = query
  const name = query.name && toValidText(query.name)
  const userId = query.userId && toValidText(query.userId)
  if (mcpType !== undefined && name !== undefined)
    return {
      index: 'by_function',
      name: 'function_key',
      value: functionCallsKey(endpointId, { mcpType, name }, shard),
    }
  if (userId !== undefined)
    return { index: 'by_user', name: 'user_key', value: userCallsKey(endpointId, userId, shard) }
  if (status === 'in_process')
    return { index: 'failures', name: 'failure_key', value: runningCallsKey(endpointId, shard) }
  if (status === 'failed' || status === 'timed_out')
    return { index: 'failures', name: 'failure_key', value: failedCallsKey(endpointId, shard) }
  return { name: 'endpoint_id', value: callPartitionKey(endpointId, shard) }
}

export interface Filter {
  /** Empty where everything fits. */
  readonly expression: string
  readonly names: Record<string, string>
  readonly values: Record<string, unknown>
}

/** Whatever is asked for beside the partition; what the partition grants already does no harm. */
export function filterOf({ mcpType, name, userId, status }: HistoryQuery): Filter {
  const wanted = {
    mcp_type: mcpType,
    name: name && toRowName(name),
    user_id: userId && toValidText(userId),
    status,
  }
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const names: Filter['names'] = {}
  const values: Filter['values'] = {}
  const conditions = given.map(([column, value], at) => {
    names[`#f${at}`] = column
    values[`:f${at}`] = value
    return `#f${at} = :f${at}`
  })
  return { expression: conditions.join(' AND '), names, values }
}
