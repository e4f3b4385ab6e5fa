/** Objects and their global ids, each type by its own file of resolvers. */
import { GATEWAY_HOME } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { apiKeyNode } from './api-key-resolvers.js'
import { bundleVersionNode } from './bundle-version-resolvers.js'
import type { ManagementContext } from './context.js'
import { endpointNode } from './endpoint-resolvers.js'
import { functionCallNode } from './function-call-resolvers.js'
import { functionNode } from './function-resolvers.js'
import { type GlobalId, type NodeType, readGlobalId } from './global-id.js'
import { moduleNode, packageNode } from './module-resolvers.js'
import type { NodeKind } from './node-kind.js'
import { demandRightOf } from './rights.js'
import { settingNode } from './setting-resolvers.js'
import type { NodeSource } from './sources.js'
import { userNode } from './user-resolvers.js'

/** Each kind takes the sources of its own type. */
type AnyKind = Omit<NodeKind<NodeSource>, 'idOf'> & { idOf(source: never): string }

const KINDS: { readonly [Type in NodeType]: AnyKind } = {
  Endpoint: endpointNode,
  Module: moduleNode,
  Package: packageNode,
  Function: functionNode,
  FunctionCall: functionCallNode,
  Setting: settingNode,
  User: userNode,
  ApiKey: apiKeyNode,
  BundleVersion: bundleVersionNode,
}

/** @param source what the resolvers of that type hand on */
export function globalIdOf(type: string, source: unknown): string {
  const kind = Object.entries(KINDS).find(([name]) => name === type)?.[1]
  if (kind === undefined) throw new Error(`${type} has no global id`)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema says whose source it is
  return kind.idOf(source as never)
}

/**
 * The object of a global id, as its caller may see it; null when there is none, or none for him.
 *
 * @throws GatewayError `INSUFFICIENT_SCOPE`
 */
export async function nodeOf(
  context: ManagementContext,
  id: string,
): Promise<(NodeSource & { readonly __typename: NodeType }) | null> {
  const named = readGlobalId(id)
  if (named === undefined) return null
  const kind = KINDS[named.type]
  demandRightOf(context, kind.right, named.type)
  const source = await readNode(context, kind, named)
  return source === null ? null : { ...source, __typename: named.type }
}

async function readNode(
  context: ManagementContext,
  kind: AnyKind,
  named: GlobalId,
): Promise<NodeSource | null> {
  try {
    return await kind.read(context, homeOf(context, named), named.key)
  } catch (error) {
    // Of another endpoint: not told apart from one that is not there.
    if (error instanceof GatewayError && ABSENT.has(error.code)) return null
    throw error
  }
}

/** Operators have their accounts and keys at no endpoint. */
function homeOf(context: ManagementContext, { type, endpointId }: GlobalId): EndpointId {
  const isOperators = endpointId === GATEWAY_HOME && (type === 'User' || type === 'ApiKey')
  if (isOperators && context.caller.roles.includes('operator')) return GATEWAY_HOME
  return context.at(endpointId).endpointId
}

const ABSENT: ReadonlySet<string> = new Set(['FORBIDDEN', 'INVALID_PARAMS'])
