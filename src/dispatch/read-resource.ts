import type { Catalog, CatalogFunction, Snapshot } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import type { Handler } from './handler.js'
import type { RunFunction } from './run-function.js'

export function createReadResource(
  catalog: Catalog,
  runFunction: RunFunction,
): Handler<'resources/read'> {
  return async (caller, request, exchange) => {
    const { uri } = request.params
    const found = findResource(await catalog.snapshot(caller.endpointId), uri)
    if (found === undefined)
      throw new GatewayError('RESOURCE_NOT_FOUND', `Resource not found: ${uri}`, { data: { uri } })
    const { fn, params } = found
    return runFunction({ caller, request, fn, input: { uri, params }, exchange })
  }
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
