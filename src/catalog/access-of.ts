/** Who may call a function and what of it is kept: its bundle's word, unless an operator has another. */
import type { AccessRules } from '../domain/access-rules.js'
import type { FunctionDefinition } from '../domain/capability.js'
import type { CatalogFunction, FunctionAccess, FunctionOverride } from './catalog.js'

export type ReadAccess = (
  definition: FunctionDefinition,
) => Pick<CatalogFunction, 'access' | 'redact' | 'isDisabled'>

export interface ReadAccessRules {
  readonly read: ReadAccess
  /** Grows while functions are read: each set of rules is one object, however many have it. */
  readonly rules: readonly FunctionAccess[]
}

export function createAccessRules(overrides: readonly FunctionOverride[] = []): ReadAccessRules {
  const overrideOf = new Map(overrides.map((override) => [nameOf(override), override]))
  const known = new Map<string, FunctionAccess>()
  const rules: FunctionAccess[] = []
  const once = (access: FunctionAccess): FunctionAccess => {
    const text = JSON.stringify(access)
    const found = known.get(text)
    if (found !== undefined) return found
    known.set(text, access)
    rules.push(access)
    return access
  }
  return {
    rules,
    read: ({ mcpType, name, uri, access: ofBundle, redact }) => {
      const override = overrideOf.get(nameOf({ mcpType, key: uri ?? name }))
      const ofOperator = override?.access
      const access = ofOperator
        ? toAccess(ofOperator, 'operator')
        : ofBundle && toAccess(ofBundle, 'bundle')
      return {
        access: access && once(access),
        redact: override?.redact ?? redact,
        isDisabled: override?.status === 'disabled',
      }
    },
  }
}

function toAccess({ allow, deny }: AccessRules, source: FunctionAccess['source']): FunctionAccess {
  return Object.freeze({ source, allow, deny })
}

function nameOf({ mcpType, key }: Pick<FunctionOverride, 'mcpType' | 'key'>): string {
  return `${mcpType} ${key}`
}
