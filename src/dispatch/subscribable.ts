import type { Snapshot } from '../catalog/catalog.js'
import { CALL_URI_PREFIX } from '../domain/call.js'

/** A resource of the endpoint, one that a template of it makes, or the result of a call. */
export function isSubscribable(snapshot: Snapshot, uri: string): boolean {
  if (uri.startsWith(CALL_URI_PREFIX)) return true
  return snapshot.find('resource', uri) !== undefined || snapshot.matchTemplate(uri) !== undefined
}
