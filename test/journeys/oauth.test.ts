import {
  Client,
  type OAuthClientInformationContext,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from '../support/test-authorization-server.js'

let server: TestAuthorizationServer
let test: TestGateway
beforeAll(async () => {
  server = await startTestAuthorizationServer()
  test = await startTestGateway({ env: { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: server.issuer } })
  await test.publish('journey_tools', 'acme')
})
afterAll(async () => {
  await test.stop()
  await server.stop()
})

/** What an application keeps for the client, and the one page that its user is sent to. */
function createProvider() {
  const kept: {
    client?: StoredOAuthClientInformation
    tokens?: StoredOAuthTokens
    verifier?: string
    discovery?: OAuthDiscoveryState
    page?: URL
  } = {}
  const provider: OAuthClientProvider = {
    redirectUrl: 'http://127.0.0.1:1/callback',
    clientMetadata: {
      client_name: 'journey',
      redirect_uris: ['http://127.0.0.1:1/callback'],
      token_endpoint_auth_method: 'none',
    },
    clientInformation: (_of?: OAuthClientInformationContext) => kept.client,
    saveClientInformation: (client) => void (kept.client = client),
    tokens: () => kept.tokens,
    saveTokens: (tokens) => void (kept.tokens = tokens),
    redirectToAuthorization: (page) => void (kept.page = page),
    saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
    codeVerifier: () => kept.verifier ?? '',
    saveDiscoveryState: (discovery) => void (kept.discovery = discovery),
    discoveryState: () => kept.discovery,
  }
  /** Opens the page, where the user agrees, and is sent back. */
  const visit = async () => {
    if (kept.page === undefined) throw new Error('nobody was sent to a page')
    const { headers } = await fetch(kept.page, { redirect: 'manual' })
    return new URL(headers.get('location') ?? '').searchParams
  }
  return { provider, visit, scope: () => kept.tokens?.scope }
}

describe.each(['legacy', 'auto'] as const)('the official client (%s)', (mode) => {
  it('finds its way from the first refusal to the call, and to more rights when it needs them [A1, A2, A3]', async () => {
    const { provider, visit, scope } = createProvider()
    const url = new URL(`${test.url}/acme/mcp`)
    const transport = () => new StreamableHTTPClientTransport(url, { authProvider: provider })
    const client = () =>
      new Client({ name: 'journey', version: '1' }, { versionNegotiation: { mode } })

    server.agreesTo = ['mcp:read']
    const first = transport()
    await expect(client().connect(first)).rejects.toThrow(UnauthorizedError)
    await first.finishAuth(await visit())
    expect(scope()).toBe('mcp:read')

    const reading = client()
    const second = transport()
    await reading.connect(second)
    const { tools } = await reading.listTools()
    expect(tools.map(({ name }) => name)).toContain('whoami')

    server.agreesTo = ['mcp:read', 'mcp:call', 'mcp:publish']
    const call = { name: 'whoami', arguments: {} }
    await expect(reading.callTool(call)).rejects.toThrow(UnauthorizedError)
    await second.finishAuth(await visit())
    expect(scope()).toBe('mcp:read mcp:call')

    const answer = await reading.callTool(call)
    expect(JSON.stringify(answer.content)).toContain('oidc:ann')
    await reading.close()

    const resource = `${test.url}/acme/mcp`
    const { registrations, authorizations, exchanges } = server.asked
    expect(registrations.splice(0)).toHaveLength(1)
    expect(authorizations.splice(0)).toMatchObject([
      { resource, scope: 'mcp:read mcp:call', code_challenge_method: 'S256' },
      { resource, scope: 'mcp:read mcp:call', code_challenge_method: 'S256' },
    ])
    expect(exchanges.splice(0)).toMatchObject([{ resource }, { resource }])
  })
})
