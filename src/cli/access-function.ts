/** Which function of an endpoint was typed, and what is said of it. */
import { type Reason, roleFor } from '../access/access.js'
import type { CatalogFunction, FunctionName, Snapshot } from '../catalog/catalog.js'
import { type AccessRules, ACCESS_LISTS } from '../domain/access-rules.js'
import { MCP_TYPES, type McpType } from '../domain/capability.js'
import { toPrintable } from './printable.js'
import { UsageError } from './usage-error.js'

/** @returns undefined when it was not typed */
export function readType(text: string | undefined): McpType | undefined {
  const type = MCP_TYPES.find((known) => known === text)
  if (text === undefined || type !== undefined) return type
  throw new UsageError(`--type: expected one of ${MCP_TYPES.join(', ')}`)
}

/** Everything that an endpoint has of a name, URI or URI template, disabled or not. */
export function findNamed(
  snapshot: Snapshot,
  key: string,
  type: McpType | undefined,
): readonly FunctionName[] {
  const types = type === undefined ? MCP_TYPES : [type]
  const isThere = (mcpType: McpType) =>
    snapshot.find(mcpType, key) !== undefined ||
    snapshot.disabled.some((fn) => fn.mcpType === mcpType && keyOf(fn) === key)
  return types.filter(isThere).map((mcpType) => ({ mcpType, key }))
}

/** The one that was meant. @throws UsageError when there are several */
export function onlyNamed(found: readonly FunctionName[]): FunctionName | undefined {
  const [one, ...more] = found
  if (more.length === 0) return one
  const types = found.map(({ mcpType }) => mcpType).join(', ')
  throw new UsageError(`--type: expected one of ${types}: the endpoint has each of that name`)
}

export function keyOf({ name, uri }: Pick<CatalogFunction, 'name' | 'uri'>): string {
  return uri ?? name
}

export function toLabel({ mcpType, key }: FunctionName): string {
  return `${mcpType} ${toPrintable(key)}`
}

/** Such as `allow role:admin user:ann`; a list that is there and empty fits nobody. */
export function toRuleText(access: AccessRules): string {
  const lists = ACCESS_LISTS.flatMap((list) => {
    const rules = access[list]
    if (rules === undefined) return []
    return [[list, ...(rules.length === 0 ? ['(nobody)'] : rules.map(toPrintable))].join(' ')]
  })
  return lists.length === 0 ? 'no rules' : lists.join('  ')
}

export function toReasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'disabled':
      return 'an operator has disabled it, for everybody'
    case 'right':
      return `it needs the right "${reason.right}": the role ${roleFor(reason.right)}, or one above it`
    case 'credential':
      return 'the credential is limited to other functions'
    case 'denied':
      return `deny ${toPrintable(reason.rule)}, set by ${ofSource[reason.source]}, fits`
    case 'allowed':
      return `allow ${toPrintable(reason.rule)}, set by ${ofSource[reason.source]}, fits`
    case 'not-allowed':
      return `nothing of allow, set by ${ofSource[reason.source]}, fits`
    case 'open':
      break
  }
  return 'the role has the right, and no rule is against it'
}

const ofSource = { bundle: 'its bundle', operator: 'an operator' }
