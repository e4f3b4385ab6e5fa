/** What a bundle version has in the tables for listing: its functions and its modules. */
import { isDeepStrictEqual } from 'node:util'
import type { Row } from '../aws/rows.js'
import { functionUuid, PACKAGE_PREFIX } from '../aws/table-keys.js'
import type {
  BundleDefinitions,
  FunctionDefinition,
  ModuleDefinition,
} from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { FunctionName } from './catalog.js'

type CopyKind = 'functions' | 'modules'

export const SORT_KEY = { functions: 'function_uuid', modules: 'module_name' } as const

/** One row as a bundle wants it. Other attributes of the row are the operator's. */
export interface Copy {
  readonly kind: CopyKind
  /** Value of the sort key. */
  readonly id: string
  /** For messages: `tool "lookup"`. */
  readonly label: string
  /** The bundle's own attributes; undefined where this version has none. */
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface CopyPlan {
  /** Rows that are missing or differ. */
  readonly writes: readonly Copy[]
  /** Rows of the package that this version no longer has. */
  readonly removals: readonly Pick<Copy, 'kind' | 'id'>[]
}

export type RowsByKind = Readonly<Record<CopyKind, readonly Row[]>>

/** DynamoDB takes 400 KB in a row. */
const MAX_DATA_BYTES = 300 * 1024

/** @throws GatewayError `BUNDLE_INVALID` when a copy does not fit its row, or two are the same */
export function copiesOf(
  endpointId: EndpointId,
  packageName: string,
  definitions: BundleDefinitions,
): Copy[] {
  const copies = [
    ...definitions.functions.map((definition) => functionCopy(endpointId, packageName, definition)),
    ...moduleCopies(packageName, definitions.modules),
  ]
  const labels = new Map<string, string>()
  for (const { kind, id, label } of copies) {
    const twin = labels.get(`${kind}#${id}`)
    if (twin) throw new GatewayError('BUNDLE_INVALID', `${label} is declared twice`)
    labels.set(`${kind}#${id}`, label)
  }
  return copies
}

/**
 * What to change so that a package's rows are these copies.
 *
 * @throws GatewayError `CONFLICT` when one of them is another package's, or the operator's
 */
export function planCopies(
  packageName: string,
  wanted: readonly Copy[],
  rows: RowsByKind,
): CopyPlan {
  const present = { functions: byId(rows, 'functions'), modules: byId(rows, 'modules') }
  for (const copy of wanted) {
    const row = present[copy.kind].get(copy.id)
    if (row && row['package_name'] !== packageName) throw takenOver(copy, row)
  }
  const kept = new Set(wanted.map(({ kind, id }) => `${kind}#${id}`))
  return {
    writes: wanted.filter((copy) => differs(copy, present[copy.kind].get(copy.id))),
    removals: (['functions', 'modules'] as const).flatMap((kind) =>
      [...present[kind]]
        .filter(([id, row]) => row['package_name'] === packageName && !kept.has(`${kind}#${id}`))
        .map(([id]) => ({ kind, id })),
    ),
  }
}

/** The refusal to take over a row, naming whose it is. */
export function takenOver(
  copy: Pick<Copy, 'label'>,
  row: Row | undefined,
  cause?: unknown,
): GatewayError {
  const owner = row?.['package_name']
  const whose = typeof owner === 'string' ? `package "${owner}"` : 'the operator'
  return new GatewayError(
    'CONFLICT',
    `${copy.label} of this endpoint belongs to ${whose}: give it another name, or remove it there`,
    { cause },
  )
}

/** A function as messages call it: `tool "lookup"`. */
export function labelOf({ mcpType, key }: FunctionName): string {
  return `${mcpType.replace('_', ' ')} "${key}"`
}

function byId(rows: RowsByKind, kind: CopyKind): ReadonlyMap<string, Row> {
  const entries = rows[kind].map((row) => [String(row[SORT_KEY[kind]]), row] as const)
  return new Map(entries.filter(([id]) => !id.startsWith(PACKAGE_PREFIX)))
}

function differs(copy: Copy, row: Row | undefined): boolean {
  if (!row) return true
  return Object.entries(copy.attributes).some(
    ([name, value]) => !isDeepStrictEqual(row[name], value),
  )
}

function functionCopy(
  endpointId: EndpointId,
  packageName: string,
  definition: FunctionDefinition,
): Copy {
  const { mcpType, name, uri } = definition
  const label = labelOf({ mcpType, key: uri ?? name })
  const json = JSON.stringify(definition.data)
  if (Buffer.byteLength(json) > MAX_DATA_BYTES)
    throw new GatewayError(
      'BUNDLE_INVALID',
      `${label} has more than ${MAX_DATA_BYTES} bytes of JSON, the most that is taken`,
    )
  return {
    kind: 'functions',
    id: functionUuid(endpointId, mcpType, uri ?? name),
    label,
    attributes: {
      mcp_type: mcpType,
      name,
      uri,
      module_name: definition.moduleName,
      class_name: definition.className,
      function_name: definition.functionName,
      is_async: definition.isAsync,
      task_support: definition.taskSupport,
      asks_first: definition.asksFirst,
      completion_function_name: definition.completionFunctionName,
      return_type: definition.returnType,
      // JSON text keeps the order of members and every digit.
      data: json,
      origin: 'bundle',
      package_name: packageName,
    },
  }
}

function moduleCopies(packageName: string, modules: readonly ModuleDefinition[]): Copy[] {
  const byName = new Map<string, ModuleDefinition[]>()
  for (const module of modules) {
    byName.set(module.moduleName, [...(byName.get(module.moduleName) ?? []), module])
  }
  return [...byName].map(([moduleName, classes]) => moduleCopy(packageName, moduleName, classes))
}

function moduleCopy(
  packageName: string,
  moduleName: string,
  classes: readonly ModuleDefinition[],
): Copy {
  if (moduleName.startsWith(PACKAGE_PREFIX))
    throw new GatewayError(
      'BUNDLE_INVALID',
      `module "${moduleName}": a module's name may not begin with ${PACKAGE_PREFIX}`,
    )
  return {
    kind: 'modules',
    id: moduleName,
    label: `module "${moduleName}"`,
    attributes: {
      package_name: packageName,
      classes: classes.map(({ className, settingId }) => ({
        class_name: className,
        setting_id: settingId,
      })),
      source: classes.find(({ source }) => source !== undefined)?.source,
    },
  }
}
