/** `x-mcp-header` in a tool's input schema: arguments that travel in `Mcp-Param-*` headers too. */
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import { missingHeader } from './mcp-headers.js'
import type { JsonObject } from './message.js'

/**
 * Compares each annotated argument with its header; an absent or null argument expects none.
 *
 * @param headers by lower-case name after `Mcp-Param-`, decoded
 * @throws GatewayError `HEADER_MISMATCH`, naming the header
 */
export function checkParamHeaders(
  inputSchema: unknown,
  args: JsonObject,
  headers: ReadonlyMap<string, string>,
): void {
  for (const { header, path } of annotatedParams(inputSchema)) {
    const value = path.reduce<unknown>((at, key) => (isJsonObject(at) ? at[key] : undefined), args)
    if (value === undefined || value === null) continue
    const sent = headers.get(header.toLowerCase())
    const name = `Mcp-Param-${header}`
    if (sent === undefined) throw missingHeader(name)
    if (!isSame(value, sent))
      throw new GatewayError('HEADER_MISMATCH', `${name}: the header and the argument disagree`)
  }
}

interface AnnotatedParam {
  readonly header: string
  readonly path: readonly string[]
}

const annotations = new WeakMap<object, readonly AnnotatedParam[]>()

/** Read once per schema: the catalog keeps the object as long as the version is active. */
function annotatedParams(schema: unknown): readonly AnnotatedParam[] {
  if (!isJsonObject(schema)) return []
  const known = annotations.get(schema)
  if (known !== undefined) return known
  const found = [...collect(schema, [])]
  annotations.set(schema, found)
  return found
}

function* collect(schema: JsonObject, path: readonly string[]): Generator<AnnotatedParam> {
  const properties = schema['properties']
  if (!isJsonObject(properties)) return
  for (const [key, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue
    const header = property['x-mcp-header']
    if (typeof header === 'string') yield { header, path: [...path, key] }
    yield* collect(property, [...path, key])
  }
}

/** A number in a header is its decimal text. */
const DECIMAL = /^-?\d+(\.\d+)?$/

function isSame(value: unknown, sent: string): boolean {
  if (typeof value === 'number') return DECIMAL.test(sent) && Number(sent) === value
  return String(value) === sent
}
