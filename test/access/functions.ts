/** Functions of a snapshot, with who may call them. */
import type { FunctionAccess, Snapshot } from '../../src/catalog/catalog.js'
import { buildSnapshot } from '../../src/catalog/snapshot.js'
import type { AccessRules } from '../../src/domain/access-rules.js'
import type { FunctionDefinition, McpType } from '../../src/domain/capability.js'
import { aTool, aVersion } from '../catalog/bundle-version.js'

export interface FunctionOptions {
  readonly mcpType?: McpType
  readonly name?: string
  readonly uri?: string
  readonly access?: AccessRules | undefined
  readonly source?: FunctionAccess['source']
  readonly isDisabled?: boolean
}

export function aSnapshotOf(functions: readonly FunctionDefinition[], version = 'v1'): Snapshot {
  return buildSnapshot({ endpointId: 'acme', version, bundles: [aVersion({ functions })] })
}

/** As a snapshot has it. */
export function aFunction(options: FunctionOptions) {
  const { mcpType = 'tool', name = 'lookup', uri, access } = options
  const { source = 'bundle', isDisabled = false } = options
  const snapshot = aSnapshotOf([aTool(name, { mcpType, uri, access })])
  const fn = snapshot.find(mcpType, uri ?? name)
  if (fn === undefined) throw new Error('the snapshot lacks its only function')
  return { ...fn, access: fn.access && { ...fn.access, source }, isDisabled }
}
