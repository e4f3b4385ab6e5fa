import type { Snapshot } from '../../src/catalog/catalog.js'
import { buildSnapshot } from '../../src/catalog/snapshot.js'
import type { McpType } from '../../src/domain/capability.js'
import { aTool, aVersion } from '../catalog/bundle-version.js'

export function anEmptySnapshot(endpointId: string): Snapshot {
  return buildSnapshot({ endpointId, version: 'empty', bundles: [] })
}

/** One function of each name, all of one kind. */
export function aSnapshot(
  version: string,
  { tools = [], prompts = [] }: { tools?: string[]; prompts?: string[] },
): Snapshot {
  const functionOf = (mcpType: McpType) => (name: string) => aTool(name, { mcpType })
  const functions = [...tools.map(functionOf('tool')), ...prompts.map(functionOf('prompt'))]
  return buildSnapshot({ endpointId: 'acme', version, bundles: [aVersion({ functions })] })
}
