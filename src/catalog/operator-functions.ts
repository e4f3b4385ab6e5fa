/** Functions that operators have defined: what their rows say, and which code answers for them now. */
import { z } from 'zod'
import type { Row } from '../aws/rows.js'
import { functionUuid } from '../aws/table-keys.js'
import type { AccessRules } from '../domain/access-rules.js'
import { type CapabilityData, type FunctionDefinition, MCP_TYPES } from '../domain/capability.js'
import { isJsonObject } from '../domain/json.js'
import type { EndpointId } from '../domain/tenant.js'
import type { FunctionName, FunctionOverride } from './catalog.js'
import type { ActiveBundle } from './snapshot.js'

export interface OperatorFunction {
  readonly uuid: string
  /** Another one with each change. */
  readonly stamp: string
  readonly definition: FunctionDefinition
  /** ISO 8601. */
  readonly updatedAt: string
  readonly updatedBy: string
}

const parseJson = (json: string): unknown => JSON.parse(json)

const Rules = z.array(z.string()).optional()

const OperatorRow = z.object({
  function_uuid: z.string(),
  origin: z.literal('operator'),
  stamp: z.string(),
  mcp_type: z.enum(MCP_TYPES),
  name: z.string(),
  uri: z.string().optional(),
  module_name: z.string(),
  class_name: z.string(),
  function_name: z.string(),
  is_async: z.boolean(),
  data: z
    .string()
    .transform(parseJson)
    .pipe(z.custom<CapabilityData>(isJsonObject, 'expected an object')),
  access: z
    .string()
    .transform(parseJson)
    .pipe(z.object({ allow: Rules, deny: Rules }))
    .optional(),
  redact: z.array(z.string()).optional(),
  updated_at: z.string(),
  updated_by: z.string(),
})

/** @returns undefined for a row that is a bundle's */
export function readOperatorRow(row: Row | undefined): OperatorFunction | undefined {
  if (row?.['origin'] !== 'operator') return undefined
  const { data, access, redact, uri, ...rest } = OperatorRow.parse(row)
  return {
    uuid: rest.function_uuid,
    stamp: rest.stamp,
    definition: {
      mcpType: rest.mcp_type,
      name: rest.name,
      ...(uri !== undefined && { uri }),
      data,
      moduleName: rest.module_name,
      className: rest.class_name,
      functionName: rest.function_name,
      isAsync: rest.is_async,
      ...(access && { access }),
      ...(redact && { redact }),
    },
    updatedAt: rest.updated_at,
    updatedBy: rest.updated_by,
  }
}

/** It names no package: so no bundle takes it over. */
export function toOperatorRow(endpointId: EndpointId, fn: OperatorFunction): Row {
  const { mcpType, name, uri, data, access, redact, ...code } = fn.definition
  return {
    endpoint_id: endpointId,
    function_uuid: fn.uuid,
    origin: 'operator',
    stamp: fn.stamp,
    mcp_type: mcpType,
    name,
    uri,
    module_name: code.moduleName,
    class_name: code.className,
    function_name: code.functionName,
    is_async: code.isAsync,
    // JSON text keeps the order of members and every digit.
    data: JSON.stringify(data),
    access: access && JSON.stringify(access),
    redact,
    updated_at: fn.updatedAt,
    updated_by: fn.updatedBy,
  }
}

export function keyOf({ mcpType, name, uri }: FunctionDefinition): FunctionName {
  return { mcpType, key: uri ?? name }
}

export function uuidOf(endpointId: EndpointId, { mcpType, key }: FunctionName): string {
  return functionUuid(endpointId, mcpType, key)
}

export interface PlacedFunctions {
  /** Each as the only function of the package that has its class. */
  readonly bundles: readonly ActiveBundle[]
  readonly offered: readonly OperatorFunction[]
  /** Those that no active bundle has the class of, or whose name one has. */
  readonly lost: readonly OperatorFunction[]
}

/** Which active bundle answers for each. */
export function placeFunctions(
  functions: readonly OperatorFunction[],
  active: readonly ActiveBundle[],
): PlacedFunctions {
  if (functions.length === 0) return { bundles: [], offered: [], lost: [] }
  const declared = new Set(
    active.flatMap(({ definitions }) => definitions.functions.map((fn) => textOf(keyOf(fn)))),
  )
  const placed = functions.map((fn) => {
    const isTaken = declared.has(textOf(keyOf(fn.definition)))
    return { fn, bundle: isTaken ? undefined : findBundle(active, fn.definition) }
  })
  return {
    bundles: placed.flatMap(({ fn, bundle }) =>
      bundle
        ? [{ ...bundle, definitions: { ...bundle.definitions, functions: [fn.definition] } }]
        : [],
    ),
    offered: placed.flatMap(({ fn, bundle }) => (bundle ? [fn] : [])),
    lost: placed.flatMap(({ fn, bundle }) => (bundle ? [] : [fn])),
  }
}

/** The bundle that has a class. */
export function findBundle<Bundle extends Pick<ActiveBundle, 'definitions'>>(
  active: readonly Bundle[],
  { moduleName, className }: Pick<FunctionDefinition, 'moduleName' | 'className'>,
): Bundle | undefined {
  return active.find(({ definitions }) =>
    definitions.modules.some(
      (module) => module.moduleName === moduleName && module.className === className,
    ),
  )
}

/** Their rules are an operator's word too, unless another one has been set since. */
export function withOwnRules(
  overrides: readonly FunctionOverride[],
  offered: readonly OperatorFunction[],
): readonly FunctionOverride[] {
  const ruled = offered.filter(({ definition }) => definition.access !== undefined)
  if (ruled.length === 0) return overrides
  const known = new Map(overrides.map((override) => [textOf(override), override]))
  for (const { definition, updatedAt, updatedBy } of ruled) {
    const name = keyOf(definition)
    const set = known.get(textOf(name))
    const access: AccessRules | undefined = set?.access ?? definition.access
    const own = { ...name, status: 'active' as const, updatedAt, updatedBy }
    known.set(textOf(name), { ...(set ?? own), access })
  }
  return [...known.values()]
}

export function textOf({ mcpType, key }: FunctionName): string {
  return `${mcpType} ${key}`
}
