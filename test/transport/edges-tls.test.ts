import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect, type SecureVersion } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { toHttpOptions } from '../../src/cli/http-options.js'
import { readConfig } from '../../src/config/config.js'
import { createCertificate, type TestCertificate } from '../support/certificate.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost, modernRequest } from '../support/modern-post.js'

let folder: string
let tls: TestCertificate
let test: TestGateway
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-tls-'))
  tls = createCertificate(folder)
  test = await startTestGateway({ env: { TLS_CERT_FILE: tls.certFile, TLS_KEY_FILE: tls.keyFile } })
  await test.publish('journey_tools')
})
afterAll(async () => {
  await test.stop()
  await rm(folder, { recursive: true, force: true })
})

async function send({ method, headers, body }: RequestInit): Promise<[IncomingMessage, string]> {
  const outgoing = request(`${test.url}/default/mcp`, {
    method: method ?? 'GET',
    headers: headers as Record<string, string>,
    ca: tls.cert,
  })
  outgoing.end(body)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  return [response, await text(response)]
}

/** @returns the version that was agreed upon, or why there was none */
async function agreeOn(
  maxVersion: SecureVersion,
  { port } = new URL(test.url),
): Promise<string | null> {
  const socket = connect({
    port: Number(port),
    host: '127.0.0.1',
    ca: tls.cert,
    minVersion: 'TLSv1',
    maxVersion,
    ciphers: 'DEFAULT:@SECLEVEL=0',
  })
  try {
    await once(socket, 'secureConnect')
    return socket.getProtocol()
  } catch (error) {
    return String(error)
  } finally {
    socket.destroy()
  }
}

it('with a certificate https is served, streams too, and browsers stay with it', async () => {
  expect(test.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  const [response, answer] = await send(modernPost('tools/list', {}, ADMIN_TOKEN))
  expect(response.statusCode).toBe(200)
  expect(JSON.parse(answer)).toMatchObject({ result: { tools: expect.any(Array) } })
  expect(response.headers['strict-transport-security']).toBe('max-age=31536000')
  const steps = { name: 'steps', arguments: {} }
  const options = { token: ADMIN_TOKEN, meta: { progressToken: 1 } }
  const [stream, events] = await send(modernRequest('tools/call', steps, options))
  expect(stream.headers['content-type']).toBe('text/event-stream')
  expect(events).toContain('event: message')
})

it('a client that never speaks TLS keeps no connection', async () => {
  const http = await test.gateway.openHttp({
    isLoopback: true,
    allowedOrigins: [],
    maxBodyBytes: 65_536,
    tls: { cert: tls.cert, key: await readFile(tls.keyFile, 'utf8') },
    headersTimeoutMs: 100,
    maxConnections: 1,
  })
  const url = new URL(await http.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connectPlain({ port: Number(url.port), host: '127.0.0.1', allowHalfOpen: true })
  await once(socket.resume(), 'end')
  await expect.poll(() => agreeOn('TLSv1.3', url)).toBe('TLSv1.3')
  socket.destroy()
  await http.close(0)
})

it('TLS before 1.2 is not spoken', async () => {
  expect(await agreeOn('TLSv1.2')).toBe('TLSv1.2')
  expect(await agreeOn('TLSv1.3')).toBe('TLSv1.3')
  expect(await agreeOn('TLSv1.1')).toMatch(/protocol version|EPROTO|ECONNRESET/)
})

it('plain HTTP gets nothing from it', async () => {
  await expect(fetch(test.url.replace('https:', 'http:'))).rejects.toThrow('fetch failed')
})

it('files that cannot be read, or do not belong together, end the start with their names', async () => {
  const other = createCertificate(folder, 'other')
  const broken = join(folder, 'broken.crt')
  await writeFile(broken, 'no certificate')
  const read = (TLS_CERT_FILE: string, TLS_KEY_FILE: string) => () =>
    toHttpOptions(readConfig({ TLS_CERT_FILE, TLS_KEY_FILE }))
  expect(read(tls.certFile, tls.keyFile)).not.toThrow()
  expect(read(join(folder, 'none.crt'), tls.keyFile)).toThrow(
    /TLS_CERT_FILE .*none\.crt cannot be read: ENOENT/,
  )
  expect(read(tls.certFile, join(folder, 'none.key'))).toThrow(/TLS_KEY_FILE .*ENOENT/)
  for (const wrong of [read(tls.certFile, other.keyFile), read(broken, tls.keyFile)])
    expect(wrong).toThrow('TLS_CERT_FILE and TLS_KEY_FILE do not make a certificate')
})
