import * as bundle from '@graphql-yoga/render-graphiql/graphiql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { type ManagedServer, startManagedServer, tokenOf } from './managed-server.js'

let gateway: TestGateway
let server: ManagedServer
beforeAll(async () => {
  gateway = await startTestGateway()
  server = await startManagedServer(gateway)
})
afterAll(async () => {
  await server.close()
  await gateway.stop()
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, server.url), { headers })
const open = (path: string) => get(path, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })

/** What a page loads, as it is written in its HTML. */
const loadedBy = (html: string) =>
  [...html.matchAll(/(?:src|href)="(graphql\/[^"]+)"/g)].map(([, path]) => path ?? '')

describe('the console', () => {
  it.each(['/default/graphql', '/graphql'])('at %s is a page of its own files', async (path) => {
    const page = await open(path)
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(loadedBy(html)).toHaveLength(3)
    const seen = new Set<string>()
    const load = async (url: URL): Promise<void> => {
      if (seen.has(url.href)) return
      seen.add(url.href)
      const file = await fetch(url)
      expect([url.pathname, file.status]).toEqual([url.pathname, 200])
      const text = await file.text()
      const imports = [...text.matchAll(/^import .* from '(\..+)'/gm)]
      await Promise.all(imports.map(([, name]) => load(new URL(name ?? '', url))))
    }
    await Promise.all(loadedBy(html).map((file) => load(new URL(file, page.url))))
    expect(seen.size).toBe(15)
  })

  it('may run nothing but those and what it was given, and load nothing from elsewhere', async () => {
    const pages = await Promise.all([open('/default/graphql'), open('/default/graphql')])
    const policies = pages.map(({ headers }) => headers.get('content-security-policy') ?? '')
    expect(new Set(policies).size).toBe(2)
    for (const [at, policy] of policies.entries()) {
      const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? []
      expect(await pages[at]?.text()).toContain(`nonce="${nonce}"`)
      expect(policy.replace(nonce, 'NONCE').split('; ')).toEqual([
        "default-src 'none'",
        "script-src 'self' 'nonce-NONCE'",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self'",
        'worker-src blob:',
        'img-src data:',
        'font-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ])
    }
    expect(pages[0].headers.get('x-frame-options')).toBe('DENY')
    expect(pages[0].headers.get('cache-control')).toBe('no-store')
  })

  it('is the same for an endpoint that there is none of, and nothing where there can be none', async () => {
    const nonceless = async (path: string) =>
      (await (await open(path)).text())
        .replace(/nonce="[^"]+"/, '')
        .replace(/data-endpoint="\w+"/, '')
    expect(await nonceless('/nobody/graphql')).toBe(await nonceless('/default/graphql'))
    for (const path of ['/NOBODY/graphql', '/NOBODY/graphql/console/console.js'])
      expect((await open(path)).status).toBe(404)
    for (const file of [
      'console/console.html',
      'console/tsconfig.json',
      'live-page/live.js',
      'x/y',
    ])
      expect((await get(`/default/graphql/${file}`)).status).toBe(404)
  })
})

describe('GraphiQL', () => {
  const file = (name: string, token?: string, base = '/default/graphql') =>
    get(`${base}/graphiql/${name}`, token === undefined ? {} : { authorization: `Bearer ${token}` })

  it('is what its package has, whole', async () => {
    const token = await tokenOf('ann', 'publisher')
    const texts: Record<string, string> = {
      'graphiql.js': bundle.js,
      'graphiql.css': bundle.css,
      'editor-worker.js': bundle.editorWorkerService,
      'json-worker.js': bundle.jsonWorker,
      'graphql-worker.js': bundle.graphqlWorker,
    }
    for (const [name, text] of Object.entries(texts)) {
      const response = await file(name, token)
      expect(response.headers.get('content-type')).toContain(
        name.endsWith('css') ? 'css' : 'javascript',
      )
      expect(response.headers.get('content-encoding')).toBe('gzip')
      // Compared by length first: a difference of megabytes helps nobody.
      const read = await response.text()
      expect(read.length).toBe(text.length)
      expect(read === text).toBe(true)
    }
    expect((await file('graphiql.css', ADMIN_TOKEN, '/graphql')).status).toBe(200)
  })

  it('is nobody’s who may not publish', async () => {
    const statuses = async (base?: string) => {
      const tokens = [undefined, 'wrong', await tokenOf('ann', 'caller')]
      return Promise.all(
        tokens.map(async (token) => (await file('graphiql.js', token, base)).status),
      )
    }
    expect(await statuses()).toEqual([401, 401, 403])
    expect(await statuses('/graphql')).toEqual([401, 401, 403])
  })
})
