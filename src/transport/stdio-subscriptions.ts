/** Which resources the client on stdin wants to hear of: it is one, so this process remembers. */
import { GatewayError } from '../domain/errors.js'
import type { McpRequest } from '../protocol/protocol.js'

export interface StdioSubscriptions {
  readonly uris: ReadonlySet<string>
  /**
   * Takes note of what a request asks for, in the order in which requests come.
   *
   * @returns the way to take it back when the request is refused
   * @throws GatewayError `INVALID_PARAMS` when there are too many
   */
  note(request: McpRequest): () => void
}

const MAX_SUBSCRIPTIONS = 256
/** Of all URIs, in UTF-8. */
const MAX_BYTES = 32 * 1024

export function createStdioSubscriptions(): StdioSubscriptions {
  const uris = new Set<string>()
  let bytes = 0

  const remove = (uri: string) => {
    if (uris.delete(uri)) bytes -= Buffer.byteLength(uri)
  }
  const add = (uri: string) => {
    const added = Buffer.byteLength(uri)
    if (uris.size >= MAX_SUBSCRIPTIONS || bytes + added > MAX_BYTES) throw tooMany()
    uris.add(uri)
    bytes += added
  }
  return {
    uris,
    note: ({ method, params }) => {
      if (method === 'resources/unsubscribe') remove(params.uri)
      if (method !== 'resources/subscribe' || uris.has(params.uri)) return nothing
      add(params.uri)
      return () => remove(params.uri)
    },
  }
}

const nothing = () => undefined

function tooMany(): GatewayError {
  return new GatewayError(
    'INVALID_PARAMS',
    `params.uri: a client may have ${MAX_SUBSCRIPTIONS} subscriptions of ${MAX_BYTES} bytes in all`,
  )
}
