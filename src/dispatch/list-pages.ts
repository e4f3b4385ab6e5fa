/** `tools/list` and its kin: one page of what an endpoint offers, in a stable order. */
import type { CatalogFunction } from '../catalog/catalog.js'
import type { McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { JsonObject, McpMethod } from '../protocol/protocol.js'
import type { Handler, Visible } from './handler.js'

/** The methods whose params hold a cursor and nothing else. */
type ListMethod = Extract<McpMethod, `${string}/list`>

export interface ListOptions {
  readonly visible: Visible
  readonly mcpType: McpType
  /** The result's member that holds the items. */
  readonly member: string
  /** Items on one page. */
  readonly pageSize: number
}

export function createListPages(options: ListOptions): Handler<ListMethod> {
  const { visible, mcpType, member, pageSize } = options
  return async (caller, { params }) => {
    const { endpointId } = caller
    const all = (await visible(caller)).list(mcpType)
    const start =
      params.cursor === undefined ? 0 : afterCursor(params.cursor, all, [endpointId, mcpType])
    const page = all.slice(start, start + pageSize)
    const last = page.at(-1)
    const items: JsonObject = { [member]: page.map(({ data }) => data) }
    if (last === undefined || start + pageSize >= all.length) return items
    return { ...items, nextCursor: toCursor([endpointId, mcpType], last) }
  }
}

/** A cursor is good for one list of one endpoint, and names the last item that was shown. */
type Scope = readonly [endpointId: EndpointId, mcpType: McpType]

function toCursor(scope: Scope, { name, uri = '' }: CatalogFunction): string {
  return Buffer.from(JSON.stringify([...scope, name, uri])).toString('base64url')
}

/** Where the page after the cursor begins, also when the item it names is gone by now. */
function afterCursor(cursor: string, all: readonly CatalogFunction[], scope: Scope): number {
  const [name, uri] = readCursor(cursor, scope)
  const next = all.findIndex((fn) => fn.name > name || (fn.name === name && (fn.uri ?? '') > uri))
  return next === -1 ? all.length : next
}

function readCursor(cursor: string, scope: Scope): [name: string, uri: string] {
  const parts = parseCursor(cursor)
  if (!isStrings(parts)) throw invalidCursor()
  const [endpointId, mcpType, name, uri, ...more] = parts
  const isOurs = endpointId === scope[0] && mcpType === scope[1] && more.length === 0
  if (!isOurs || name === undefined || uri === undefined) throw invalidCursor()
  return [name, uri]
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch (cause) {
    throw invalidCursor(cause)
  }
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
}

function invalidCursor(cause?: unknown): GatewayError {
  return new GatewayError('CURSOR_INVALID', 'cursor: not one that this list has issued', { cause })
}
