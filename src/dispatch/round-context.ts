/** Whose a conversation is, and of which request: what a seal is bound to. */
import type { Asked } from './turn.js'

/** Equal for equal requests of one user, whatever the order of the members in them. */
export function toRoundContext({ caller, request }: Asked): string {
  const { method, params } = request
  const name = 'uri' in params ? params.uri : params.name
  const args = ('arguments' in params && params.arguments) || {}
  return JSON.stringify([caller.endpointId, caller.userId, method, name, sorted(args)])
}

/** JSON from the wire nests no deeper than `MAX_JSON_DEPTH`. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const members: [string, unknown][] = Object.entries(value)
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)])
}
