/** Several pages of the history as one list. */
import type { Calls, HistoryPage, HistoryQuery, ListedCall } from '../calls/calls.js'

const PAGE_CALLS = 100

/** A rare call may be far back: what is not found by then is left to the next command. */
const MAX_PAGES = 20

/** @returns at most `query.limit` calls, and where there may be more */
export async function readCalls(
  calls: Pick<Calls, 'list'>,
  query: HistoryQuery,
): Promise<HistoryPage> {
  const found: ListedCall[] = []
  let { cursor } = query
  for (let pages = 0; pages < MAX_PAGES && found.length < query.limit; pages++) {
    const limit = Math.min(query.limit - found.length, PAGE_CALLS)
    const page = await calls.list({ ...query, limit, cursor })
    found.push(...page.calls)
    ;({ cursor } = page)
    if (cursor === undefined) return { calls: found }
  }
  return { calls: found, cursor }
}
