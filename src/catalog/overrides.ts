/** What operators have set for the functions of an endpoint: one row, read with its packages. */
import { z } from 'zod'
import type { Row } from '../aws/rows.js'
import {
  ACCESS_LISTS,
  ACCESS_RULE,
  type AccessRules,
  isAccessRule,
  MAX_ACCESS_RULES,
} from '../domain/access-rules.js'
import { MCP_TYPES } from '../domain/capability.js'
import { isPointer, MAX_POINTERS, POINTER_RULE } from '../domain/json-pointer.js'
import { laterOf, laterThan } from './changed-since.js'
import { invalid } from './invalid.js'
import type { FunctionName, FunctionOverride, OverrideChange } from './catalog.js'

export interface Overrides {
  /** Rises by one at each change; 0 before the first. */
  readonly revision: number
  readonly all: readonly FunctionOverride[]
  /** Ids of the rows where functions are that operators have defined; some may hold none. */
  readonly functions: readonly string[]
  /** A change of such a row has begun and not ended: until then they are read at each look. */
  readonly writing?: Writing | undefined
  /** No package that was removed had a higher revision. */
  readonly lastRemoved: number
}

export interface Writing {
  readonly changeId: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** Who changes them, and when, in ISO 8601. */
export interface Changer {
  readonly actor: string
  readonly now: string
  /** When the function was defined: what is set for it is later. Absent where there is none. */
  readonly definedAt?: string | undefined
}

/** DynamoDB takes 400 KB in a row, and each look at the endpoint reads it. */
const MAX_BYTES = 300 * 1024
const MAX_KEY_CHARS = 2048

const Rules = z.array(z.string()).optional()

const Override = z.object({
  mcpType: z.enum(MCP_TYPES),
  key: z.string(),
  status: z.enum(['active', 'disabled']),
  access: z.object({ allow: Rules, deny: Rules }).optional(),
  redact: z.array(z.string()).optional(),
  updatedAt: z.string(),
  updatedBy: z.string(),
})

const OverridesRow = z.object({
  revision: z.number().int().positive(),
  /** JSON, as rules are. */
  overrides: z
    .string()
    .transform((json): unknown => JSON.parse(json))
    .pipe(z.array(Override)),
  functions: z.array(z.string()).default([]),
  writing: z.object({ changeId: z.string(), since: z.number() }).optional(),
  last_removed: z.number().int().nonnegative().default(0),
})

const NONE: Overrides = { revision: 0, all: [], functions: [], lastRemoved: 0 }

export function readOverrides(row: Row | undefined): Overrides {
  if (row === undefined) return NONE
  const { overrides, last_removed: lastRemoved, ...rest } = OverridesRow.parse(row)
  return { ...rest, all: overrides, lastRemoved }
}

/** The attributes that are stored. @throws GatewayError `INVALID_PARAMS` when it is too much for one row */
export function toStoredOverrides({ revision, all, functions, writing, lastRemoved }: Overrides) {
  const json = JSON.stringify(all)
  if (Buffer.byteLength(json) <= MAX_BYTES)
    return { revision, overrides: json, functions, writing, last_removed: lastRemoved }
  throw invalid(`what is set for the functions of an endpoint may have ${MAX_BYTES} bytes in all`)
}

/** @throws GatewayError `INVALID_PARAMS` for rules that are none */
export function changeOverrides(
  before: Overrides,
  change: OverrideChange,
  { actor, now, definedAt }: Changer,
): Overrides {
  refuseWrong(change)
  const known = overrideOf(before, change)
  const { mcpType, key } = change
  const name = { mcpType, key }
  const updatedAt = laterThan(laterOf(known?.updatedAt, definedAt), now)
  const changed = { ...name, ...wordsOf(known, change), updatedAt, updatedBy: actor }
  const others = before.all.filter((override) => override !== known)
  const all = saysSomething(changed) ? [...others, changed].toSorted(byName) : others
  return { ...before, revision: before.revision + 1, all }
}

type Words = Pick<FunctionOverride, 'status' | 'access' | 'redact'>

/** Null is how a change takes something back. */
function wordsOf(known: FunctionOverride | undefined, change: OverrideChange): Words {
  const { status = known?.status ?? 'active' } = change
  const { access = known?.access, redact = known?.redact } = change
  return { status, ...(access && { access }), ...(redact && { redact }) }
}

/** False where all is as the bundle has it. */
export function saysSomething({ status, access, redact }: Words): boolean {
  return status === 'disabled' || access !== undefined || redact !== undefined
}

export function overrideOf({ all }: Overrides, name: FunctionName): FunctionOverride | undefined {
  return all.find(({ mcpType, key }) => mcpType === name.mcpType && key === name.key)
}

function byName(a: FunctionName, b: FunctionName): number {
  const [first, second] = [`${a.mcpType} ${a.key}`, `${b.mcpType} ${b.key}`]
  if (first === second) return 0
  return first < second ? -1 : 1
}

function refuseWrong({ mcpType, key, access, redact }: OverrideChange): void {
  if (key.length < 1 || key.length > MAX_KEY_CHARS)
    throw invalid(`a function's name or URI must have 1 to ${MAX_KEY_CHARS} characters`)
  if (access) refuseWrongRules(access)
  if (!redact) return
  if (mcpType !== 'tool' && mcpType !== 'prompt')
    throw invalid('redact: only a tool or prompt may have it')
  if (redact.length > MAX_POINTERS) throw invalid(`redact: may have at most ${MAX_POINTERS}`)
  if (!redact.every(isPointer)) throw invalid(`redact: each must be ${POINTER_RULE}`)
}

function refuseWrongRules(access: AccessRules): void {
  for (const list of ACCESS_LISTS) {
    const rules = access[list] ?? []
    if (rules.length > MAX_ACCESS_RULES)
      throw invalid(`${list}: may have at most ${MAX_ACCESS_RULES} rules`)
    if (!rules.every(isAccessRule)) throw invalid(`${list}: each must be ${ACCESS_RULE}`)
  }
}
