import type { CatalogFunction, Snapshot } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import {
  type CallResourceParts,
  createReadCallResource,
  isCallUri,
} from './function-call-resource.js'
import type { Handler, Visible } from './handler.js'
import type { RunFunction } from './run-function.js'

export interface ReadResourceParts extends CallResourceParts {
  readonly visible: Visible
}

/** The calls of a user win over whatever a bundle serves under their URIs. */
export function createReadResource(
  parts: ReadResourceParts,
  runFunction: RunFunction,
): Handler<'resources/read'> {
  const readCall = createReadCallResource(parts)
  return async (caller, request, exchange) => {
    const { uri } = request.params
    if (isCallUri(uri)) return (await readCall(caller, uri)) ?? refuse(uri)
    const found = findResource(await parts.visible(caller), uri)
    if (found === undefined) return refuse(uri)
    const { fn, params } = found
    return runFunction({ caller, request, fn, input: { uri, params }, exchange })
  }
}

function refuse(uri: string): never {
  throw new GatewayError('RESOURCE_NOT_FOUND', `Resource not found: ${uri}`, { data: { uri } })
}

interface Found {
  readonly fn: CatalogFunction
  readonly params: Readonly<Record<string, string>>
}

/** A resource of that very URI wins over a template that it fits. */
function findResource(snapshot: Snapshot, uri: string): Found | undefined {
  const fn = snapshot.find('resource', uri)
  if (fn !== undefined) return { fn, params: {} }
  const match = snapshot.matchTemplate(uri)
  return match === undefined ? undefined : { fn: match.template, params: match.params }
}
