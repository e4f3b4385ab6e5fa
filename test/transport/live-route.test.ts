import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'

const FOLDER = fileURLToPath(new URL('../../src/transport/live-page', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway()
})
afterAll(() => test.stop())

const get = (path: string, init: RequestInit = {}) => fetch(`${test.url}${path}`, init)

describe('the live page', () => {
  it('is served without credentials, under a policy that runs nothing but its own files', async () => {
    const response = await get('/default/live')
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    const html = await response.text()
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]* src=)/)
  })

  it('comes with every file of its folder, as what it is', async () => {
    const names = readdirSync(FOLDER).filter((name) => /\.(css|js)$/.test(name))
    expect(names).toContain('live.js')
    for (const name of names) {
      const response = await get(`/acme/live/${name}`)
      expect([name, response.status]).toEqual([name, 200])
      expect(response.headers.get('content-type')).toBe(TYPES[name.split('.').at(-1) ?? ''])
      const text = await response.text()
      expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/)
      const imports = [...text.matchAll(/\bfrom '\.\/([^']+)'/g)].map(([, path]) => path)
      expect(imports.filter((path) => !names.includes(path ?? ''))).toEqual([])
    }
  })

  it('answers HEAD as GET, without a body', async () => {
    for (const path of ['/default/live', '/default/live/live.css']) {
      const [head, whole] = [await get(path, { method: 'HEAD' }), await get(path)]
      expect(head.status).toBe(200)
      for (const name of ['content-type', 'content-length', 'content-security-policy'])
        expect(head.headers.get(name)).toBe(whole.headers.get(name))
      expect(await head.text()).toBe('')
      await whole.text()
    }
  })

  it('says of no endpoint whether it is there', async () => {
    const [known, unknown] = [await get('/default/live'), await get('/nobody-has-this/live')]
    expect(unknown.status).toBe(known.status)
    expect(await unknown.text()).toBe(await known.text())
  })

  it.each([
    ['an id that no endpoint can have', '/No%20Endpoint/live'],
    ['a reserved word', '/graphql/live'],
    ['a file of such an id', '/No%20Endpoint/live/live.css'],
    ['a file that is not of the page', '/default/live/tsconfig.json'],
    ['the page under another name', '/default/live/live.html'],
    ['a file outside of its folder', '/default/live/..%2flive-route.ts'],
    ['a name of every object', '/default/live/constructor'],
    ['nothing', '/default/live/'],
  ])('does not serve %s', async (_what, path) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'Not found' })
  })
})
