/** Pages of a list that its store reads by name, in order. */
import type { NameRange } from '../catalog/administration.js'
import { keyIn, type PageArguments, readRange, toCursor } from './connection.js'
import type { ConnectionSource } from './sources.js'

interface NamedList<Item, Node> {
  /** Bound into cursors: the same list of the same endpoint. */
  readonly scope: readonly unknown[]
  readonly read: (range: NameRange) => Promise<readonly Item[]>
  readonly nameOf: (item: Item) => string
  readonly toNode: (item: Item) => Node
}

/**
 * One more is read than is shown: so it is known whether there are more in that direction.
 *
 * @throws GatewayError `INVALID_PARAMS`, `CURSOR_INVALID`
 */
export async function namedPage<Item, Node>(
  { scope, read, nameOf, toNode }: NamedList<Item, Node>,
  args: PageArguments,
): Promise<ConnectionSource<Node>> {
  const { limit, isBackward, after, before } = readRange(args)
  const found = await read({
    after: after === undefined ? undefined : keyIn(after, scope),
    before: before === undefined ? undefined : keyIn(before, scope),
    isBackward,
    limit: limit + 1,
  })
  const isMore = found.length > limit
  const page = isBackward ? found.slice(-limit) : found.slice(0, limit)
  const edges = page.map((item) => ({ cursor: toCursor(nameOf(item), scope), node: toNode(item) }))
  return {
    edges,
    pageInfo: {
      hasNextPage: isBackward ? before !== undefined : isMore,
      hasPreviousPage: isBackward ? isMore : after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
