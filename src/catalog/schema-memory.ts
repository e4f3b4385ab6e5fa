/**
 * Schemas that come anew with every request, like those of questions that a client answers again
 * and again: each is compiled once, and one that takes too long rests as those of tools do.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EndpointId } from '../domain/tenant.js'
import { createValidator, schemaProblems, type Validator } from './json-schema.js'

export interface RememberedSchema {
  /** Why it does not compile, one sentence each; empty when it does. */
  readonly problems: readonly string[]
  readonly check: Validator
}

/** Of schemas, as JSON; what is compiled from them is some ten times as large. */
const MAX_REMEMBERED_CHARS = 1024 * 1024

/** So long only, since a machine that is busy finds schemas slow that are not. */
const REMEMBERED_MS = 60_000

interface Remembered {
  readonly schema: RememberedSchema
  readonly chars: number
}

const memory = new LRUCache<string, Remembered>({
  maxSize: MAX_REMEMBERED_CHARS,
  sizeCalculation: ({ chars }) => chars,
  ttl: REMEMBERED_MS,
})

/**
 * @param name as in `createValidator`
 * @param endpointId whose schema it is: nobody waits for what another has made slow
 */
export function rememberSchema(
  schema: unknown,
  name: string,
  endpointId: EndpointId,
): RememberedSchema {
  const text = toText([endpointId, name, schema])
  const key = createHash('sha256').update(text).digest('base64')
  const known = memory.get(key)
  if (known !== undefined) return known.schema
  const made = { problems: schemaProblems(schema), check: createValidator(schema, name) }
  if (text !== '') memory.set(key, { schema: made, chars: text.length })
  return made
}

/** @returns nothing for what nests too deep, which no compiler takes long to find out */
function toText(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}
