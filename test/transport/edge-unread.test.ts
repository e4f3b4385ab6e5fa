import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { cutUnreadConnections } from '../../src/transport/edge-unread.js'
import { createCertificate } from '../support/certificate.js'

/** More than the system takes for a client that reads nothing. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x')
const REQUEST = 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'

async function serve(server: Server): Promise<number> {
  cutUnreadConnections(server, { unreadMs: 100 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const listen = (listener: RequestListener) => serve(createServer(listener))

it.each<[string, RequestListener]>([
  ['an answer', (_request, response) => response.end(LARGE)],
  ['a stream that goes on', (_request, response) => response.write(LARGE)],
])('a client that reads nothing of %s is cut off', async (_what, listener) => {
  const server = createServer(listener)
  const port = await serve(server)
  const connected = once(server, 'connection')
  const client = connect(port, '127.0.0.1').on('error', () => undefined)
  client.write(REQUEST)
  const [socket] = await connected
  await once(socket, 'close')
  expect(client.destroyed).toBe(false)
  client.destroy()
})

it('so is one that came over TLS', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'test-unread-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { cert, keyFile } = createCertificate(folder)
  const key = await readFile(keyFile)
  const server = createTlsServer({ cert, key }, (_request, response) => response.end(LARGE))
  const port = await serve(server)
  const connected = once(server, 'secureConnection')
  const client = connectTls({ port, host: '127.0.0.1', ca: cert }).on('error', () => undefined)
  client.write(REQUEST)
  const [socket] = await connected
  await once(socket, 'close')
  expect(client.destroyed).toBe(false)
  client.destroy()
})

it('one that reads is not, nor one for whom nothing waits', async () => {
  let end = () => {}
  const port = await listen((request, response) => {
    if (request.url === '/unread') response.once('close', () => end())
    if (request.url !== '/quiet') response.end(LARGE)
    else {
      response.write('first ')
      end = () => void response.end('last')
    }
  })
  const quiet = await fetch(`http://127.0.0.1:${port}/quiet`)
  const large = await (await fetch(`http://127.0.0.1:${port}/large`)).arrayBuffer()
  expect(large.byteLength).toBe(LARGE.length)
  // It goes on when another has been cut, so all this time nothing waited for its client.
  const unread = connect(port, '127.0.0.1').on('error', () => undefined)
  unread.write(REQUEST.replace('/', '/unread'))
  expect(await quiet.text()).toBe('first last')
  unread.destroy()
})

it('a connection that was read late is as good as any other', async () => {
  const server = createServer((request, response) => {
    response.end(request.url === '/' ? LARGE : 'small')
  })
  const port = await serve(server)
  const client = connect(port, '127.0.0.1')
  client.write(REQUEST)
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'readable')])
  await expect.poll(() => socket.timeout, { interval: 5 }).toBe(100)
  client.write('GET /small HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
  expect((await text(client)).slice(-'small'.length)).toBe('small')
})
