/** Pages as Relay has them: `first` and `after`, or `last` and `before`. */
import { GatewayError } from '../domain/errors.js'
import { invalid, isGiven } from './input.js'
import type { ConnectionSource } from './sources.js'

export interface PageArguments {
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  readonly last?: number | null | undefined
  readonly before?: string | null | undefined
}

/** What is asked for, checked. */
export interface PageRange {
  readonly limit: number
  readonly isBackward: boolean
  readonly after?: string | undefined
  readonly before?: string | undefined
}

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 100

/** @throws GatewayError `INVALID_PARAMS` that names the argument */
export function readRange({ first, after, last, before }: PageArguments): PageRange {
  refuseBoth({ first, last }, 'last: give either first or last, not both')
  refuseBoth({ after, before }, 'before: give either after or before, not both')
  refuseBoth({ last, after }, 'last: goes with before, not with after')
  refuseBoth({ first, before }, 'first: goes with after, not with before')
  const isBackward = isGiven(last) || isGiven(before)
  return {
    limit: readLimit(isBackward ? 'last' : 'first', isBackward ? last : first),
    isBackward,
    after: after ?? undefined,
    before: before ?? undefined,
  }
}

function refuseBoth(pair: PageArguments, message: string): void {
  if (Object.values(pair).every(isGiven)) throw invalid(message)
}

function readLimit(name: string, value: number | null | undefined): number {
  if (!isGiven(value)) return DEFAULT_LIMIT
  if (value >= 1 && value <= MAX_LIMIT) return value
  throw invalid(`${name}: must be from 1 to ${MAX_LIMIT}`)
}

/** How nodes are told apart in their order. */
export interface Order<Node> {
  /** Unique, and in order of code units. */
  readonly keyOf: (node: Node) => string
  /** Bound into cursors: the same list of the same endpoint, with the same filter. */
  readonly scope: readonly unknown[]
}

/**
 * A page of what is in memory. A cursor names a place by its key: what is added or removed meanwhile
 * moves nothing.
 *
 * @param nodes in order of key
 * @throws GatewayError `CURSOR_INVALID`
 */
export function pageOf<Node>(
  nodes: readonly Node[],
  args: PageArguments,
  { keyOf, scope }: Order<Node>,
): ConnectionSource<Node> & { readonly totalCount: number } {
  const { limit, isBackward, after, before } = readRange(args)
  const afterKey = after === undefined ? undefined : keyIn(after, scope)
  const beforeKey = before === undefined ? undefined : keyIn(before, scope)
  const count = (isMeant: (key: string) => boolean) =>
    nodes.filter((node) => isMeant(keyOf(node))).length
  // Places in the order: also of a page without nodes it is known what is on either side.
  const from = afterKey === undefined ? 0 : count((key) => key <= afterKey)
  const to = beforeKey === undefined ? nodes.length : count((key) => key < beforeKey)
  const start = isBackward ? Math.max(from, to - limit) : from
  const end = isBackward ? to : Math.min(to, from + limit)
  const edges = nodes
    .slice(start, end)
    .map((node) => ({ cursor: toCursor(keyOf(node), scope), node }))
  return {
    edges,
    pageInfo: {
      hasNextPage: end < nodes.length,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: nodes.length,
  }
}

/** A cursor that names a place by a key, good for one list. */
export function toCursor(key: string, scope: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([key, ...scope])).toString('base64url')
}

/** @throws GatewayError `CURSOR_INVALID` for one of another list, or of none */
export function keyIn(cursor: string, scope: readonly unknown[]): string {
  const key = read(cursor, JSON.stringify(scope))
  if (key !== undefined) return key
  throw new GatewayError('CURSOR_INVALID', 'after, before: not a cursor of this list')
}

function read(cursor: string, scope: string): string | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(parts)) return undefined
    const [key, ...rest] = parts
    return typeof key === 'string' && JSON.stringify(rest) === scope ? key : undefined
  } catch {
    return undefined
  }
}
