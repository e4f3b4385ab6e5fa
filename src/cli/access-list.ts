import { parseArgs } from 'node:util'
import type {
  CatalogFunction,
  FunctionName,
  FunctionOverride,
  Snapshot,
} from '../catalog/catalog.js'
import { MCP_TYPES } from '../domain/capability.js'
import { keyOf, toLabel, toRuleText } from './access-function.js'
import { atGateway } from './at-endpoint.js'
import { endOfReading } from './end-of-reading.js'
import { toPrintable } from './printable.js'
import type { Program } from './program.js'

/** Shows the functions for which somebody has said who may call them, a line each. */
export async function accessList(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { endpoint: { type: 'string' } } })
  const { stdout } = program
  endOfReading(stdout)
  await atGateway(program, values.endpoint, async ({ catalog }, endpointId) => {
    const overrides = await catalog.overrides(endpointId)
    const lines = toLines(await catalog.snapshot(endpointId), overrides)
    if (lines.length === 0) stdout.write(`no function has rules at endpoint ${endpointId}\n`)
    for (const line of lines) stdout.write(`${line}\n`)
  })
}

function toLines(snapshot: Snapshot, overrides: readonly FunctionOverride[]): string[] {
  const there = [...MCP_TYPES.flatMap((type) => snapshot.list(type)), ...snapshot.disabled]
  const known = new Set(there.map(nameOf))
  return [
    ...there.filter(({ access, isDisabled }) => access !== undefined || isDisabled).map(toLine),
    ...overrides
      .filter((override) => !known.has(toLabel(override)))
      .map((override) => `${toLabel(override)}  is not there  ${ofOverride(override)}`),
  ].toSorted()

  function toLine(fn: CatalogFunction): string {
    const { mcpType, access, isDisabled } = fn
    const name: FunctionName = { mcpType, key: keyOf(fn) }
    const override = overrides.find((each) => toLabel(each) === toLabel(name))
    const rules = access === undefined ? 'no rules' : toRuleText(access)
    const status = isDisabled ? 'disabled' : 'active'
    return `${toLabel(name)}  ${status}  ${rules}  ${sourceOf(override)}`
  }
}

function nameOf(fn: CatalogFunction): string {
  return toLabel({ mcpType: fn.mcpType, key: keyOf(fn) })
}

function ofOverride(override: FunctionOverride): string {
  const { status, access } = override
  const rules = access === undefined ? 'no rules' : toRuleText(access)
  return `${status}  ${rules}  ${sourceOf(override)}`
}

function sourceOf(override: FunctionOverride | undefined): string {
  if (override === undefined) return 'by its bundle'
  return `set ${override.updatedAt} by ${toPrintable(override.updatedBy)}`
}
