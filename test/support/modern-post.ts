import { isJsonObject } from '../../src/domain/json.js'

const PREFIX = 'io.modelcontextprotocol'

export interface ModernRequest {
  readonly token: string | undefined
  readonly id?: string | number
  /** Those that the client declares. Default: none. */
  readonly capabilities?: object
  /** What else is in its `_meta`. */
  readonly meta?: object | undefined
}

/** A request of 2026-07-28 as a POST: it stands alone, with no handshake and no session. */
export function modernRequest(method: string, params: object, request: ModernRequest): RequestInit {
  const { token, id = 1, capabilities, meta } = request
  const given: Record<string, unknown> = { ...params }
  const own = isJsonObject(given['_meta']) ? given['_meta'] : {}
  const whole = { ...given, _meta: { ...own, ...envelope(capabilities), ...meta } }
  // What it is asked for: of a task its id, else a name or a URI.
  const name = given['taskId'] ?? given['name'] ?? given['uri']
  return {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id, method, params: whole }),
  }
}

/** The same of a client that declares nothing and wants to hear what functions log. */
export function modernPost(method: string, params: object, token: string | undefined): RequestInit {
  return modernRequest(method, params, { token, meta: { [`${PREFIX}/logLevel`]: 'info' } })
}

/** What every such request has in its `_meta`, whatever it comes over. */
export function envelope(capabilities: object = {}): object {
  return {
    [`${PREFIX}/protocolVersion`]: '2026-07-28',
    [`${PREFIX}/clientCapabilities`]: capabilities,
  }
}
