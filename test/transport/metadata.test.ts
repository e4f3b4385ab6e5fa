import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createResources } from '../../src/auth/resources.js'
import { toChallenge } from '../../src/transport/challenge.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.js'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

let issuer: TestIssuer
let test: TestGateway
beforeAll(async () => {
  issuer = await startTestIssuer()
  test = await startTestGateway({
    env: { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: issuer.issuer },
  })
})
afterAll(async () => {
  await test.stop()
  await issuer.stop()
})

const metadata = (path: string, init?: RequestInit) =>
  fetch(`${test.url}${WELL_KNOWN}${path}`, init)

const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${test.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      ...headers,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'echo',
        arguments: {},
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
  })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const challengeOf = (response: Response) => response.headers.get('www-authenticate')

describe('the metadata of an endpoint', () => {
  it('name the URL that clients use and who issues tokens for it [A1, A3]', async () => {
    const response = await metadata('/acme/mcp')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      resource: `${test.url}/acme/mcp`,
      authorization_servers: [issuer.issuer],
      scopes_supported: ['mcp:read', 'mcp:call', 'mcp:publish', 'mcp:admin'],
      bearer_methods_supported: ['header'],
      resource_name: 'test-gateway: acme',
    })
  })

  it('never offer access without the user, which is not theirs to give [A4]', async () => {
    expect(await (await metadata('/acme/mcp')).text()).not.toContain('offline_access')
    expect(challengeOf(await post('/acme/mcp'))).not.toContain('offline_access')
  })

  it('are those of /mcp without an endpoint, and name the short URL [A3]', async () => {
    for (const path of ['', '/mcp'])
      expect(await (await metadata(path)).json()).toMatchObject({ resource: `${test.url}/mcp` })
    const named = await (await metadata('/default/mcp')).json()
    expect(named).toMatchObject({ resource: `${test.url}/default/mcp` })
  })

  it('never say what a request says of where it was sent', async () => {
    const { port } = new URL(test.url)
    const response = await fetch(`http://localhost:${port}${WELL_KNOWN}/acme/mcp`, {
      headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
    })
    expect(await response.json()).toMatchObject({ resource: `${test.url}/acme/mcp` })
  })

  it.each(['/acme', '/ACME/mcp', '/metrics/mcp', '/acme/mcp/more', '/..%2f/mcp'])(
    'are nowhere else: %s',
    async (path) => {
      expect((await metadata(path)).status).toBe(404)
    },
  )

  it('may be read by any page, and nothing else may', async () => {
    const headers = { origin: 'https://any.example' }
    const response = await metadata('/acme/mcp', { headers })
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const preflight = await metadata('/acme/mcp', {
      method: 'OPTIONS',
      headers: {
        ...headers,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'mcp-protocol-version',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/mcp-protocol-version/i)
    expect((await post('/acme/mcp', headers)).status).toBe(403)
  })
})

describe('an answer with 401', () => {
  const where = () => `resource_metadata="${test.url}${WELL_KNOWN}/acme/mcp"`

  it('says where tokens come from, and which scopes to ask for [A1]', async () => {
    const response = await post('/acme/mcp')
    expect(response.status).toBe(401)
    expect(challengeOf(response)).toBe(`Bearer realm="mcp", ${where()}, scope="mcp:read mcp:call"`)
    expect(response.headers.get('content-type')).toContain('application/json')
  })

  it('says so of the URL that was asked, and on every route of an endpoint', async () => {
    expect(challengeOf(await post('/mcp'))).toContain(`"${test.url}${WELL_KNOWN}/mcp"`)
    expect(challengeOf(await post('/acme/events/ticket'))).toContain(where())
    expect(challengeOf(await fetch(`${test.url}/acme/events`))).toContain(where())
    expect(challengeOf(await fetch(`${test.url}/acme/mcp`))).toContain(where())
  })

  it('says that a token that was sent is not valid [A2]', async () => {
    const claims = { sub: 'ann', aud: `${test.url}/other/mcp`, scope: 'mcp:read' }
    for (const token of [
      'nonsense',
      await issuer.sign(claims),
      await test.tokenFor('ann', 'acme'),
    ]) {
      const response = await post('/acme/mcp', bearer(token))
      expect(response.status).toBe(401)
      expect(challengeOf(response)).toMatch(/error="invalid_token"/)
      expect(challengeOf(response)).toContain(where())
    }
  })

  it('names no endpoint that there cannot be', async () => {
    const response = await post('/a%22,%20b="c/mcp')
    expect(response.status).toBe(401)
    expect(challengeOf(response)).toBe('Bearer realm="mcp", scope="mcp:read mcp:call"')
  })
})

describe('an answer with 403', () => {
  it('says which scopes are needed, those that one has included [A2, A5]', async () => {
    const token = await issuer.sign({ sub: 'ann', aud: `${test.url}/acme/mcp`, scope: 'mcp:read' })
    const response = await post('/acme/mcp', bearer(token))
    expect(response.status).toBe(403)
    expect(challengeOf(response)).toBe(
      `Bearer realm="mcp", resource_metadata="${test.url}${WELL_KNOWN}/acme/mcp", error="insufficient_scope", scope="mcp:read mcp:call"`,
    )
  })

  it('challenges nobody for what no scope would open', async () => {
    const response = await post('/ACME/mcp', bearer(ADMIN_TOKEN))
    expect(response.status).toBe(403)
    expect(challengeOf(response)).toBeNull()
  })
})

describe('a token in a URL', () => {
  it.each(['/acme/mcp', '/mcp', '/acme/events', '/acme/events/ticket', '/acme/uploads/x'])(
    'is refused at %s, good or not [A2]',
    async (path) => {
      for (const token of [ADMIN_TOKEN, 'nonsense', '']) {
        const url = `${path}?access_token=${token}`
        const response = await post(url, bearer(ADMIN_TOKEN))
        expect(response.status).toBe(400)
        expect(await response.text()).not.toContain(ADMIN_TOKEN)
      }
    },
  )
})

describe('a gateway without other issuers', () => {
  let local: TestGateway
  beforeAll(async () => {
    local = await startTestGateway({ sharing: test })
  })
  afterAll(() => local.stop())

  it('has no metadata, and its challenges point to none', async () => {
    const response = await fetch(`${local.url}${WELL_KNOWN}/acme/mcp`)
    expect(response.status).toBe(404)
    const refused = await fetch(`${local.url}/acme/mcp`, { method: 'POST' })
    expect(challengeOf(refused)).toBe('Bearer realm="mcp", scope="mcp:read mcp:call"')
  })
})

describe('what an endpoint is called', () => {
  const servers = { authorizationServers: ['https://issuer.example'] }

  it('comes from the public URL, whatever is listened on', () => {
    const resources = createResources({ ...servers, publicUrl: 'https://tools.example.com' })
    resources.listensOn('http://127.0.0.1:8000')
    expect(resources.urisOf('acme')).toEqual(['https://tools.example.com/acme/mcp'])
  })

  it('has its metadata before the path of a public URL', () => {
    const resources = createResources({ ...servers, publicUrl: 'https://example.com/tools' })
    const resource = {
      uri: 'https://example.com/tools/acme/mcp',
      metadataUrl: `https://example.com${WELL_KNOWN}/tools/acme/mcp`,
      endpointId: 'acme',
    }
    expect(resources.find('/acme/mcp')).toEqual(resource)
    for (const path of ['/tools/acme/mcp', '/acme/mcp'])
      expect(resources.describedAt(path)).toEqual(resource)
  })

  it('is nothing before it is known', () => {
    const resources = createResources(servers)
    expect(resources.urisOf('acme')).toEqual([])
    expect(resources.find('/acme/mcp')).toBeUndefined()
  })
})

it('a challenge quotes what would end its quotes, and leaves out what no header holds', () => {
  expect(toChallenge({ a: 'x"y\\z', b: 'x\r\ny', c: undefined })).toBe(
    String.raw`Bearer a="x\"y\\z", b="xy"`,
  )
})
