/** How a function does: how often it is called, how often it fails and how long it takes. */
import type { McpType } from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Calls, ListedCall } from './calls.js'

export interface StatisticsQuery {
  readonly endpointId: EndpointId
  readonly mcpType: McpType
  /** A tool's or prompt's name, or a resource's URI. */
  readonly name: string
  /** Calls that began at this time or later, and before that one: milliseconds since 1970. */
  readonly from: number
  readonly to: number
}

export interface CallStatistics {
  /** With those that run. */
  readonly count: number
  /** Those that failed or ran out of time. */
  readonly failures: number
  /** Half of those that ended took no longer, in milliseconds; null where none has ended. */
  readonly p50Ms: number | null
  /** Nineteen of twenty. */
  readonly p95Ms: number | null
  /** False when there are more calls than were looked at: then it is about the newest of them. */
  readonly isComplete: boolean
}

/** Calls that are looked at: a small part of each row, and yet a busy function has more in an hour. */
const MAX_CALLS = 2000

const PAGE_LIMIT = 100

/** Where calls were erased or have expired, pages are short: so many are read at most. */
const MAX_PAGES = (2 * MAX_CALLS) / PAGE_LIMIT

type Looked = Pick<ListedCall, 'status' | 'timeSpentMs'>

/** Reads at most 2,000 calls, the newest of them. */
export async function statisticsOf(
  calls: Pick<Calls, 'list'>,
  query: StatisticsQuery,
): Promise<CallStatistics> {
  const looked: Looked[] = []
  let cursor: string | undefined
  let pages = 0
  do {
    const limit = Math.min(PAGE_LIMIT, MAX_CALLS - looked.length)
    const fields = ['status', 'timeSpentMs'] as const
    const page = await calls.list({ ...query, limit, fields, cursor })
    looked.push(...page.calls)
    cursor = page.cursor
    pages += 1
  } while (cursor !== undefined && looked.length < MAX_CALLS && pages < MAX_PAGES)
  return { ...summaryOf(looked), isComplete: cursor === undefined }
}

function summaryOf(looked: readonly Looked[]): Omit<CallStatistics, 'isComplete'> {
  const durations = looked.filter(hasDuration).map(({ timeSpentMs }) => timeSpentMs)
  const inOrder = durations.sort((a, b) => a - b)
  return {
    count: looked.length,
    failures: looked.filter(hasFailed).length,
    p50Ms: percentileOf(inOrder, 0.5),
    p95Ms: percentileOf(inOrder, 0.95),
  }
}

function hasFailed({ status }: Looked): boolean {
  return status === 'failed' || status === 'timed_out'
}

/** One that runs has none yet; what ended with questions has its answer in another round. */
function hasDuration({ status }: Looked): boolean {
  return status !== 'in_process' && status !== 'input_required'
}

/** The nearest rank: a duration that some call had. */
function percentileOf(inOrder: readonly number[], share: number): number | null {
  return inOrder[Math.max(Math.ceil(share * inOrder.length) - 1, 0)] ?? null
}
