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
import { GatewayError } from '../domain/errors.js'
import type { FunctionName, FunctionOverride, OverrideChange } from './catalog.js'

export interface Overrides {
  /** Rises by one at each change; 0 before the first. */
  readonly revision: number
  readonly all: readonly FunctionOverride[]
}

/** Who changes them, and when, in ISO 8601. */
export interface Changer {
  readonly actor: string
  readonly now: string
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
})

const NONE: Overrides = { revision: 0, all: [] }

export function readOverrides(row: Row | undefined): Overrides {
  if (row === undefined) return NONE
  const { revision, overrides } = OverridesRow.parse(row)
  return { revision, all: overrides }
}

/** The JSON that is stored. @throws GatewayError `INVALID_PARAMS` when it is too much for one row */
export function toStoredOverrides({ all }: Overrides): string {
  const json = JSON.stringify(all)
  if (Buffer.byteLength(json) <= MAX_BYTES) return json
  throw invalid(`what is set for the functions of an endpoint may have ${MAX_BYTES} bytes in all`)
}

/** @throws GatewayError `INVALID_PARAMS` for rules that are none */
export function changeOverrides(
  before: Overrides,
  change: OverrideChange,
  { actor, now }: Changer,
): Overrides {
  refuseWrong(change)
  const known = overrideOf(before, change)
  const { mcpType, key, status = known?.status ?? 'active', access = known?.access } = change
  const changed: FunctionOverride = {
    mcpType,
    key,
    status,
    ...(access !== null && access !== undefined && { access }),
    updatedAt: now,
    updatedBy: actor,
  }
  const others = before.all.filter((override) => override !== known)
  const isSet = changed.status === 'disabled' || changed.access !== undefined
  const all = isSet ? [...others, changed].toSorted(byName) : others
  return { revision: before.revision + 1, all }
}

export function overrideOf({ all }: Overrides, name: FunctionName): FunctionOverride | undefined {
  return all.find(({ mcpType, key }) => mcpType === name.mcpType && key === name.key)
}

function byName(a: FunctionName, b: FunctionName): number {
  const [first, second] = [`${a.mcpType} ${a.key}`, `${b.mcpType} ${b.key}`]
  if (first === second) return 0
  return first < second ? -1 : 1
}

function refuseWrong({ key, access }: OverrideChange): void {
  if (key.length < 1 || key.length > MAX_KEY_CHARS)
    throw invalid(`a function's name or URI must have 1 to ${MAX_KEY_CHARS} characters`)
  if (access) refuseWrongRules(access)
}

function refuseWrongRules(access: AccessRules): void {
  for (const list of ACCESS_LISTS) {
    const rules = access[list] ?? []
    if (rules.length > MAX_ACCESS_RULES)
      throw invalid(`${list}: may have at most ${MAX_ACCESS_RULES} rules`)
    if (!rules.every(isAccessRule)) throw invalid(`${list}: each must be ${ACCESS_RULE}`)
  }
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', message)
}
