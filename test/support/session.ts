/** A session of a legacy revision, opened over HTTP. */

export interface SessionOptions {
  readonly token: string
  readonly version?: string | undefined
  readonly endpointId?: string | undefined
  readonly capabilities?: object | undefined
}

/** @returns the headers of every later request of the session, the bearer token included */
export async function openSession(
  url: string | URL,
  options: SessionOptions,
): Promise<Record<string, string>> {
  const { token, version = '2025-11-25', endpointId = 'default', capabilities = {} } = options
  const common = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const clientInfo = { name: 'test', version: '1.0.0' }
  const params = { protocolVersion: version, capabilities, clientInfo }
  const response = await fetch(new URL(`/${endpointId}/mcp`, url), {
    method: 'POST',
    headers: common,
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  })
  const sessionToken = response.headers.get('mcp-session-id')
  const answer = await response.text()
  if (sessionToken === null) throw new Error(`no session was opened: ${answer}`)
  return { ...common, 'mcp-session-id': sessionToken }
}
