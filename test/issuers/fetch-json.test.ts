import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, it } from 'vitest'
import { fetchJson } from '../../src/issuers/fetch-json.js'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${Object(server.address()).port}/keys`
}

it('a document is read as JSON', async () => {
  const url = await serve((_request, response) => response.end('{"keys": []}'))
  expect(await fetchJson(url)).toEqual({ keys: [] })
})

it.each<[string, RequestListener]>([
  ['never answers', () => undefined],
  ['never ends its answer', (_request, response) => void response.writeHead(200).write('{')],
])('one that %s is given up, and its connection closed', async (_how, listener) => {
  let left: Promise<unknown> | undefined
  const url = await serve((request, response) => {
    left = once(request.socket, 'close')
    listener(request, response)
  })
  await expect(fetchJson(url, 200)).rejects.toMatchObject({ name: 'TimeoutError' })
  await left
})

it('one that is too large is given up in the middle', async () => {
  const url = await serve((_request, response) => response.end(`"${'x'.repeat(300_000)}"`))
  await expect(fetchJson(url)).rejects.toThrow('more than 262144 bytes')
})

it.each(['http://10.0.0.1/keys', 'ftp://127.0.0.1/keys', 'http://a:b@127.0.0.1/keys', 'keys'])(
  'none is asked for at %s',
  async (url) => {
    await expect(fetchJson(url)).rejects.toThrow('neither https nor on loopback')
  },
)
