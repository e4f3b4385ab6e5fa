import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Aws, createAws } from '../../src/aws/aws.js'
import { getObject, listObjects, putObject } from '../../src/aws/objects.js'
import { tableNames } from '../../src/aws/tables.js'
import { createS3Uploads } from '../../src/bundles/s3-uploads.js'
import type { UploadKey } from '../../src/bundles/bundles.js'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const SECRET = 'the-secret-of-the-account'
const BUCKET = 'test-bucket'

let dataFolder: string
let engine: LocalAws
let aws: Aws

function createClient(endpoint?: string): Aws {
  return createAws({
    bucket: BUCKET,
    tables: tableNames('test-'),
    client: {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET, sessionToken: 'a/b+c=' },
      ...(endpoint !== undefined && { endpoint }),
    },
  })
}

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'uploads-'))
  engine = await startLocalAws({ dataFolder, idleMs: 600_000, port: 0, log: silentLog })
  aws = createClient(engine.url)
})
afterAll(async () => {
  aws.close()
  await engine.close()
  await rm(dataFolder, { recursive: true, force: true })
})

const MIB = 1024 * 1024

/** Takes a request's head, asks for its body and reads no more. */
async function startStalledStore() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.pause()
      socket.write('HTTP/1.1 100 Continue\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

const sha256Of = (body: string | Buffer) => createHash('sha256').update(body).digest('hex')
const contentOf = (body: string) => ({ bytes: Buffer.byteLength(body), sha256: sha256Of(body) })
const key = (uploadId: string): UploadKey => ({ endpointId: 'acme', uploadId })
const area = () => createS3Uploads({ aws, isReachable: false })

describe('what comes through the gateway', () => {
  it('is stored when it is what was announced, for its own endpoint and id', async () => {
    const body = 'x'.repeat(300_000)
    await area().receive(key('whole'), contentOf(body), Readable.from([body]))
    expect(String(await area().read(key('whole'), 300_000))).toBe(body)
    expect(await area().read({ endpointId: 'globex', uploadId: 'whole' }, 300_000)).toBeUndefined()
    await area().remove(key('whole'))
    expect(await area().read(key('whole'), 300_000)).toBeUndefined()
  })

  it.each([
    ['longer', 'BODY_TOO_LARGE', 'announced-and-more', 'larger than the 9 bytes'],
    ['shorter', 'INVALID_REQUEST', 'announce', '8 bytes came, 9 were announced'],
    ['other bytes', 'INVALID_REQUEST', 'ANNOUNCED', `not ${sha256Of('announced')}`],
  ])('leaves nothing when it is %s than announced', async (kind, code, body, message) => {
    const pieces = [body.slice(0, 4), body.slice(4)].map((text) => Buffer.from(text))
    const receiving = area().receive(key(kind), contentOf('announced'), Readable.from(pieces))
    await expect(receiving).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    expect(await area().read(key(kind), 1_000)).toBeUndefined()
  })

  it('leaves nothing when it breaks off in the middle', async () => {
    const body = Readable.from(
      (async function* () {
        yield Buffer.from('anno')
        throw new Error('socket hang up')
      })(),
    )
    const receiving = area().receive(key('broken'), contentOf('announced'), body)
    await expect(receiving).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('broke off'),
    })
    expect(await area().read(key('broken'), 1_000)).toBeUndefined()
  })

  it('is never in memory as a whole: what the store does not take is not read', async () => {
    const bytes = 64 * MIB
    const stalled = await startStalledStore()
    const client = createClient(stalled.url)
    const piece = Buffer.alloc(64 * 1024)
    let sent = 0
    const body = new Readable({
      read() {
        sent += piece.length
        this.push(sent > bytes ? null : piece)
      },
    })
    const uploads = createS3Uploads({ aws: client, isReachable: false })
    const content = { bytes, sha256: sha256Of('whatever it would be') }
    const failed = uploads.receive(key('large'), content, body).catch((error: unknown) => error)
    let seen = 0
    const isStill = () => {
      const before = seen
      seen = sent
      return sent > MIB && sent === before
    }
    await expect.poll(isStill, { interval: 200, timeout: 15_000 }).toBe(true)
    expect(sent).toBeLessThan(bytes / 2)
    await stalled.stop()
    expect(await failed).toBeInstanceOf(Error)
    client.close()
  })

  it('waits for no store that fails: the failure is told', async () => {
    const closed = createClient('http://127.0.0.1:1')
    const uploads = createS3Uploads({ aws: closed, isReachable: false })
    const receiving = uploads.receive(key('away'), contentOf('x'), Readable.from(['x']))
    await expect(receiving).rejects.toThrow('ECONNREFUSED')
    closed.close()
  })
})

it('what was given up a day ago is removed, and nothing else', async () => {
  await putObject(aws, 'uploads/acme/old', Buffer.from('x'))
  await putObject(aws, 'bundles/acme/weather/a.zip', Buffer.from('x'))
  expect(await area().removeOlder(Date.now() - 60_000)).toBe(0)
  expect(await area().removeOlder(Date.now() + 60_000)).toBe(1)
  const left: string[] = []
  for await (const object of listObjects(aws, '')) left.push(object.key)
  expect(left).toEqual(['bundles/acme/weather/a.zip'])
})

describe('a target in S3', () => {
  const body = 'the bytes of a bundle'
  const content = { ...contentOf(body), lifetimeMs: 15 * 60_000 }
  const clock = { now: () => Date.UTC(2026, 0, 31, 12) }

  const target = async (client = createClient(), uploadId = 'an upload (1)') => {
    const uploads = createS3Uploads({ aws: client, isReachable: true, clock })
    const found = await uploads.target(key(uploadId), content)
    if (found === undefined) throw new Error('there is no target')
    return found
  }

  it('is a URL of that one object, good for 15 minutes, bound to length and checksum', async () => {
    const { url, method, headers } = await target()
    const { host, pathname, searchParams } = new URL(url)
    expect([method, host, pathname]).toEqual([
      'PUT',
      `${BUCKET}.s3.eu-central-1.amazonaws.com`,
      '/uploads/acme/an%2520upload%2520%281%29',
    ])
    expect(headers).toEqual({
      'content-length': String(content.bytes),
      'x-amz-checksum-sha256': Buffer.from(content.sha256, 'hex').toString('base64'),
    })
    expect(Object.fromEntries(searchParams)).toMatchObject({
      'X-Amz-Expires': '900',
      'X-Amz-Date': '20260131T120000Z',
      'X-Amz-Security-Token': 'a/b+c=',
      'X-Amz-SignedHeaders': 'content-length;host;x-amz-checksum-sha256',
    })
  })

  it('is signed as the specification says', async () => {
    const { url, headers } = await target()
    const signature = new URL(url).searchParams.get('X-Amz-Signature')
    expect(signature).toBe(signatureOf(url, headers))
    const forged = { ...headers, 'content-length': '1' }
    expect(signatureOf(url, forged)).not.toBe(signature)
  })

  it('takes the bytes by a plain request with its headers, and the gateway reads them', async () => {
    const { url, headers } = await target(aws, 'presigned')
    expect(await put(url, headers, body)).toBe(200)
    const uploads = createS3Uploads({ aws, isReachable: true })
    expect(String(await uploads.read(key('presigned'), 1_000))).toBe(body)
    expect(String(await getObject(aws, 'uploads/acme/presigned', 1_000))).toBe(body)
  })
})

async function put(url: string, headers: object, body: string): Promise<number | undefined> {
  const sending = request(url, { method: 'PUT', headers: { ...headers } })
  sending.end(body)
  const [answer] = await once(sending, 'response')
  answer.resume()
  return answer.statusCode
}

/**
 * Signature Version 4 of a presigned request, from its definition.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
function signatureOf(url: string, headers: Readonly<Record<string, string>>): string {
  const { host, pathname, search, searchParams } = new URL(url)
  const query = search
    .slice(1)
    .split('&')
    .filter((pair) => !pair.startsWith('X-Amz-Signature='))
    .sort()
  const signed = Object.entries({ ...headers, host }).sort(([a], [b]) => (a < b ? -1 : 1))
  const canonical = [
    'PUT',
    pathname,
    query.join('&'),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    signed.map(([name]) => name).join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const date = searchParams.get('X-Amz-Date') ?? ''
  const scope = [date.slice(0, 8), 'eu-central-1', 's3', 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256Of(canonical)].join('\n')
  const hmac = (hmacKey: string | Buffer, part: string) =>
    createHmac('sha256', hmacKey).update(part).digest()
  const signingKey = scope.reduce<string | Buffer>(hmac, `AWS4${SECRET}`)
  return hmac(signingKey, text).toString('hex')
}
