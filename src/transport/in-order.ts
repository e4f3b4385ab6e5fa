/**
 * Begins the work on each item in the order of the items, a number of them at a time.
 *
 * @returns what came of each, in the same order
 */
export async function inOrder<Item, Outcome>(
  items: readonly Item[],
  maxConcurrent: number,
  work: (item: Item) => Promise<Outcome>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = items.entries()
  const workNext = async () => {
    for (const [at, item] of queue) outcomes[at] = await work(item)
  }
  await Promise.all(Array.from({ length: maxConcurrent }, workNext))
  return outcomes
}
