import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestAws, type TestAws } from '../support/aws.js'
import { sendRaw } from '../support/raw-request.js'

const Bucket = 'uploads'
const MIB = 1024 * 1024
let test: TestAws
let s3: S3Client

beforeAll(async () => {
  test = await startTestAws({ tables: false })
  s3 = await test.aws.s3()
})
afterAll(() => test.stop())

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const read = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  return (await Body?.transformToByteArray()) ?? new Uint8Array()
}
const putRaw = (body: string | Buffer, headers: Record<string, string>, path = '/uploads/raw') =>
  sendRaw({ socketPath: test.socketPath, method: 'PUT', path, headers, body })
const pieces = function* (bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe.each([5, 12])('%i MiB', (mib) => {
  const bytes = randomBytes(mib * MIB)

  it('as a buffer are stored byte for byte', async () => {
    const Key = `buffer-${mib}`
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes }))
    expect(sha256(await read(Key))).toBe(sha256(bytes))
  })

  it.each([1021, 65_536, 700_001])('as a stream of %i-byte pieces too', async (size) => {
    const Key = `stream-${mib}-${size}`
    const Body = Readable.from(pieces(bytes, size))
    const ContentLength = bytes.length
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength }))
    expect(sha256(await read(Key))).toBe(sha256(bytes))
  })

  it('sent without their length too', async () => {
    const path = `/uploads/unknown-${mib}`
    await putRaw(bytes, { 'transfer-encoding': 'chunked' }, path)
    expect(sha256(await read(`unknown-${mib}`))).toBe(sha256(bytes))
  })
})

it('a presigned put is taken: signature ignored, metadata of the URL kept', async () => {
  const query =
    'X-Amz-Signature=00&X-Amz-Expires=900&x-amz-meta-by=ann&x-amz-checksum-crc32=AAAAAA%3D%3D'
  const answer = await putRaw('signed', {}, `/uploads/signed?x-id=PutObject&${query}`)
  const object = await s3.send(new GetObjectCommand({ Bucket, Key: 'signed' }))
  expect(answer.status).toBe(200)
  expect(await object.Body?.transformToString()).toBe('signed')
  expect(object.Metadata).toEqual({ by: 'ann' })
})

it('a body announced with Expect: 100-continue is asked for', async () => {
  const answer = await putRaw('expected', { expect: '100-continue' }, '/uploads/expected')
  expect(answer.status).toBe(200)
  expect(Buffer.from(await read('expected')).toString()).toBe('expected')
})

describe('aws-chunked', () => {
  const chunked = { 'content-encoding': 'gzip, aws-chunked' }
  // CRC-32 of "hello", big-endian, in base64.
  const crc32 = 'NhCmhg=='

  it('is taken off, with chunk signatures and a trailer, and leaves the other encoding', async () => {
    const signature = 'f'.repeat(64)
    const body = `3;chunk-signature=${signature}\r\nhel\r\n2\r\nlo\r\n0\r\nx-amz-checksum-crc32:${crc32}\r\n\r\n`
    expect(await putRaw(body, { ...chunked, 'x-amz-decoded-content-length': '5' })).toMatchObject({
      status: 200,
    })
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: 'raw' }))
    expect(await object.Body?.transformToString()).toBe('hello')
    expect(object.ContentEncoding).toBe('gzip')
  })

  it.each([
    ['a size that is no hex number', 'xyz\r\nhello\r\n0\r\n\r\n'],
    ['no end', '5\r\nhello\r\n'],
    ['a chunk longer than its size', '3\r\nhello\r\n0\r\n\r\n'],
    ['a line without end', 'a'.repeat(10_000)],
    ['a trailer without a name', '5\r\nhello\r\n0\r\nnonsense\r\n\r\n'],
    ['endless trailers', `5\r\nhello\r\n0\r\n${'a:b\r\n'.repeat(50)}\r\n`],
  ])('with %s is refused', async (_what, body) => {
    const answer = await putRaw(body, chunked, '/uploads/malformed')
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('IncompleteBody') })
  })
})

describe('an upload that is not what was sent', () => {
  it.each([
    ['another CRC-32', { 'x-amz-checksum-crc32': 'AAAAAA==' }, 'BadDigest'],
    ['another MD5', { 'content-md5': 'XrY7u+Ae7tCTyyK7j1rNww==' }, 'BadDigest'],
    ['another length', { 'x-amz-decoded-content-length': '6' }, 'IncompleteBody'],
  ])('(%s) is refused and stored nowhere', async (_what, headers, code) => {
    const answer = await putRaw('hello', headers, '/uploads/wrong')
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(code) })
    await expect(read('wrong')).rejects.toMatchObject({ name: 'NoSuchKey' })
  })

  it('(the client hung up) leaves the old object, and no file behind', async () => {
    await putRaw('old', {}, '/uploads/torn')
    const client = connect(test.socketPath)
    client.write('PUT /uploads/torn HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf of it')
    const uploads = join(test.dataFolder, 's3/.uploads')
    await expect.poll(() => readdir(uploads)).toHaveLength(1)
    client.destroy()
    await expect.poll(() => readdir(uploads)).toHaveLength(0)
    expect(Buffer.from(await read('torn')).toString()).toBe('old')
  })
})

it('an object above 512 MiB is refused at its announced size, and the refusal is readable', async () => {
  const client = connect(test.socketPath)
  const length = 512 * MIB + 1
  client.write(`PUT /uploads/big HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\nbeginning`)
  const [answer] = await new Promise<[Buffer]>((resolve) =>
    client.once('data', (d) => resolve([d])),
  )
  client.destroy()
  expect(answer.toString()).toMatch(/^HTTP\/1.1 400 .*EntityTooLarge/s)
})
