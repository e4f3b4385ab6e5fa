import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { startTestIssuer, type TestIssuer } from './test-issuer.js'

/** What was asked of it, as it came. */
interface Asked {
  readonly registrations: object[]
  readonly authorizations: Record<string, string>[]
  readonly exchanges: Record<string, string>[]
}

export interface TestAuthorizationServer extends Pick<TestIssuer, 'issuer' | 'stop'> {
  readonly asked: Asked
  /** Scopes that its user agrees to, whatever else is asked for. */
  agreesTo: readonly string[]
}

interface Grant {
  readonly challenge: string
  readonly clientId: string
  readonly resource: string
  readonly scope: string
}

/**
 * OAuth 2.1 as an MCP client needs it: metadata of RFC 8414, dynamic registration, codes with PKCE,
 * resource indicators, tokens as RFC 9068 has them. Its one user, `ann`, is always signed in.
 */
export async function startTestAuthorizationServer(): Promise<TestAuthorizationServer> {
  const asked: Asked = { registrations: [], authorizations: [], exchanges: [] }
  const clients = new Map<string, readonly string[]>()
  const grants = new Map<string, Grant>()

  const register = (body: string, response: ServerResponse) => {
    const metadata = JSON.parse(body)
    asked.registrations.push(metadata)
    const clientId = randomUUID()
    clients.set(clientId, metadata.redirect_uris)
    send(response, 201, { ...metadata, client_id: clientId })
  }
  const authorize = (query: Record<string, string>, response: ServerResponse) => {
    asked.authorizations.push(query)
    const { client_id: clientId = '', redirect_uri: back = '', resource = '', state } = query
    const { code_challenge: challenge = '', code_challenge_method: method } = query
    const isKnown = clients.get(clientId)?.includes(back)
    if (!isKnown || method !== 'S256' || resource === '') return send(response, 400, {})
    const code = randomUUID()
    const wanted = (query['scope'] ?? '').split(' ')
    const scope = wanted.filter((name) => server.agreesTo.includes(name)).join(' ')
    grants.set(code, { challenge, clientId, resource, scope })
    const location = new URL(back)
    location.search = String(
      new URLSearchParams({ code, iss: server.issuer, ...(state && { state }) }),
    )
    response.writeHead(302, { location: location.href }).end()
  }
  const exchange = async (form: Record<string, string>, response: ServerResponse) => {
    asked.exchanges.push(form)
    const { code = '', code_verifier: verifier = '', resource, client_id: clientId } = form
    const grant = grants.get(code)
    grants.delete(code)
    const proof = createHash('sha256').update(verifier).digest('base64url')
    if (grant?.challenge !== proof || grant.resource !== resource || grant.clientId !== clientId)
      return send(response, 400, { error: 'invalid_grant' })
    const { scope } = grant
    const claims = { sub: 'ann', aud: resource, scope, client_id: clientId, jti: randomUUID() }
    const token = await issuer.sign(claims)
    send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 600, scope })
  }
  const route = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const body = await text(request)
    if (pathname === '/register') return register(body, response)
    if (pathname === '/authorize') return authorize(Object.fromEntries(searchParams), response)
    if (pathname === '/token')
      return exchange(Object.fromEntries(new URLSearchParams(body)), response)
    return response.writeHead(404).end()
  }
  const issuer = await startTestIssuer({
    metadataPath: '/.well-known/oauth-authorization-server',
    others: (request, response) => void route(request, response),
  })
  issuer.lies = {
    authorization_endpoint: `${issuer.issuer}/authorize`,
    token_endpoint: `${issuer.issuer}/token`,
    registration_endpoint: `${issuer.issuer}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    authorization_response_iss_parameter_supported: true,
  }
  const server: TestAuthorizationServer = {
    issuer: issuer.issuer,
    asked,
    agreesTo: [],
    stop: issuer.stop,
  }
  return server
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
