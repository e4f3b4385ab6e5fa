import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutboundRequest } from '../../src/outbound/outbound.js'
import { createOutbound } from '../../src/outbound/public-outbound.js'

let server: Server
let port: number
const seen: { url: string; headers: Record<string, unknown>; body: string }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { url = '', headers } = request
      seen.push({ url, headers, body: Buffer.concat(chunks).toString() })
      const [, kind, rest = ''] = url.split('/')
      if (kind === 'redirect')
        return response.writeHead(302, { location: decodeURIComponent(rest) }).end()
      if (kind === 'silent') return undefined
      if (kind === 'bomb')
        return response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(Buffer.alloc(1_000_000)))
      return response.writeHead(201, { 'x-seen': 'yes' }).end(`hello ${request.method}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function reach(url: string, changes: Partial<OutboundRequest> = {}, allowed?: string[]) {
  const outbound = createOutbound({
    allowed: allowed ?? [`127.0.0.1:${port}`],
    maxBytes: 10_000,
    timeoutMs: 500,
  })
  const request = { url, method: 'GET', headers: [], redirect: 'follow' as const, ...changes }
  try {
    return await outbound.fetch(request, new AbortController().signal)
  } finally {
    await outbound.close()
  }
}

const refused = { code: 'OUTBOUND_REFUSED' }
const at = (path: string) => `http://127.0.0.1:${port}/${path}`

describe('what the operator allows', () => {
  test('is reached, with method, headers and body', async () => {
    const body = Buffer.from('the body')
    const headers = [['x-mine', 'a']] as const
    const answer = await reach(at('hi'), { method: 'POST', headers, body })
    expect(answer).toMatchObject({ status: 201, url: at('hi') })
    expect(answer.headers).toContainEqual(['x-seen', 'yes'])
    expect(Buffer.from(answer.body).toString()).toBe('hello POST')
    expect(seen.at(-1)).toMatchObject({ headers: { 'x-mine': 'a' }, body: 'the body' })
  })

  test('by a name with a port is allowed on that port alone', async () => {
    await expect(reach(at('hi'), {}, ['127.0.0.1:1'])).rejects.toMatchObject(refused)
    expect(await reach(at('hi'), {}, ['127.0.0.1'])).toMatchObject({ status: 201 })
  })

  test('by a name that resolves inside is reached', async () => {
    const url = `http://localhost:${port}/hi`
    expect(await reach(url, {}, [`localhost:${port}`])).toMatchObject({ status: 201 })
  })
})

describe('what is not public', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://168.63.129.16/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'https://localhost/',
  ])('%s is refused', async (url) => {
    await expect(reach(url)).rejects.toMatchObject(refused)
  })

  test('is refused after a redirect too', async () => {
    const target = encodeURIComponent('http://169.254.169.254/latest')
    await expect(reach(at(`redirect/${target}`))).rejects.toMatchObject(refused)
    const byName = encodeURIComponent(`http://localhost:${port}/hi`)
    await expect(reach(at(`redirect/${byName}`))).rejects.toMatchObject(refused)
  })
})

describe('limits', () => {
  test('other protocols, and credentials in the URL, are refused', async () => {
    await expect(reach('file:///etc/passwd')).rejects.toMatchObject(refused)
    await expect(reach('ftp://example.com/')).rejects.toMatchObject(refused)
    await expect(reach('http://me:secret@example.com/')).rejects.toMatchObject(refused)
    await expect(reach('nonsense')).rejects.toMatchObject(refused)
  })

  test('a response is cut off at its limit, counted after it is decompressed', async () => {
    await expect(reach(at('bomb'))).rejects.toMatchObject({
      code: 'OUTBOUND_FAILED',
      message: 'fetch: the response has more than 10000 bytes',
    })
  })

  test('a server that says nothing is given up', async () => {
    await expect(reach(at('silent'))).rejects.toMatchObject({
      code: 'OUTBOUND_FAILED',
      message: 'fetch: it did not answer in its time',
    })
  })
})
