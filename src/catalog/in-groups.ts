/** Requests in flight at once; the SDK opens at most 50 sockets. */
const GROUP_SIZE = 16

/**
 * Does something for every item, several at a time. When one fails the rest of its group still
 * ends before the error is thrown, so that nothing goes on behind the caller's back.
 */
export async function inGroups<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < items.length; start += GROUP_SIZE) {
    const outcomes = await Promise.allSettled(items.slice(start, start + GROUP_SIZE).map(act))
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure) throw failure.reason
  }
}
