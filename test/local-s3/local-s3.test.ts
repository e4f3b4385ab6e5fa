import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestAws, type TestAws } from '../support/aws.js'
import { sendRaw } from '../support/raw-request.js'

const Bucket = 'a-bucket'
let test: TestAws
let s3: S3Client

beforeAll(async () => {
  test = await startTestAws({ tables: false })
  s3 = await test.aws.s3()
})
afterAll(() => test.stop())

const put = (Key: string, Body: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const get = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
  return Body?.transformToString()
}
const refusal = (name: string, status: number) => ({
  name,
  $metadata: { httpStatusCode: status },
})

describe('an object', () => {
  it('comes back with its bytes, type, metadata and an ETag that is its MD5', async () => {
    const { ETag } = await put('greeting', 'héllo', {
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      Metadata: { Author: 'ann', empty: '' },
    })
    const object = await s3.send(new GetObjectCommand({ Bucket, Key: 'greeting' }))

    expect(await object.Body?.transformToString()).toBe('héllo')
    expect(ETag).toBe(`"${createHash('md5').update('héllo').digest('hex')}"`)
    expect(object).toMatchObject({
      ETag,
      ContentLength: 6,
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      Metadata: { author: 'ann', empty: '' },
    })
  })

  it('tells its size and date without its body', async () => {
    await put('head', 'twelve bytes')
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'head' }))
    expect(head).toMatchObject({ ContentLength: 12, ContentType: 'application/octet-stream' })
    expect(Math.abs(Date.now() - Number(head.LastModified))).toBeLessThan(60_000)
  })

  it('may be empty', async () => {
    await put('empty', '')
    expect(await get('empty')).toBe('')
  })

  it('is replaced by the next put, and gone after a delete; deleting twice is no error', async () => {
    await put('replaced', 'one')
    await put('replaced', 'two')
    expect(await get('replaced')).toBe('two')
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'replaced' }))
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'replaced' }))
    await expect(get('replaced')).rejects.toMatchObject(refusal('NoSuchKey', 404))
  })

  it('that is not there is NoSuchKey, in a bucket that nobody wrote to as well', async () => {
    await expect(get('missing')).rejects.toMatchObject(refusal('NoSuchKey', 404))
    const elsewhere = new HeadObjectCommand({ Bucket: 'other-bucket', Key: 'missing' })
    await expect(s3.send(elsewhere)).rejects.toMatchObject(refusal('NotFound', 404))
  })

  it('stays whole for a reader while it is replaced and removed', async () => {
    const old = 'old'.repeat(1_000_000)
    await put('read-me', old)
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'read-me' }))
    await put('read-me', 'new')
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'read-me' }))
    expect((await Body?.transformToString()) === old).toBe(true)
  })
})

describe('a range', () => {
  const range = (Range: string) => s3.send(new GetObjectCommand({ Bucket, Key: 'ranges', Range }))

  it.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s of ten bytes is %s', async (asked, bytes, contentRange) => {
    await put('ranges', '0123456789')
    const part = await range(asked)
    expect(await part.Body?.transformToString()).toBe(bytes)
    expect(part).toMatchObject({
      ContentRange: contentRange,
      ContentLength: bytes.length,
      $metadata: { httpStatusCode: 206 },
    })
  })

  it.each(['bytes=10-', 'bytes=-0'])('%s of ten bytes is refused', async (asked) => {
    await put('ranges', '0123456789')
    await expect(range(asked)).rejects.toMatchObject(refusal('InvalidRange', 416))
  })

  it.each(['bytes=4-2', 'bytes=0-1,3-4', 'lines=1-2'])('%s is ignored', async (asked) => {
    await put('ranges', '0123456789')
    expect(await (await range(asked)).Body?.transformToString()).toBe('0123456789')
  })
})

describe('a condition', () => {
  it('If-None-Match: * creates, and never overwrites', async () => {
    await put('once', 'first', { IfNoneMatch: '*' })
    const again = put('once', 'second', { IfNoneMatch: '*' })
    await expect(again).rejects.toMatchObject(refusal('PreconditionFailed', 412))
    expect(await get('once')).toBe('first')
  })

  it('of twenty racing creations exactly one wins, and its bytes stay', async () => {
    const racers = Array.from({ length: 20 }, (_, n) => `racer ${n} `.repeat(n * 1000 + 1))
    const outcomes = await Promise.allSettled(
      racers.map((body) => put('race', body, { IfNoneMatch: '*' })),
    )
    const winners = racers.filter((_, n) => outcomes[n]?.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    expect(await get('race')).toBe(winners[0])
  })

  it('If-Match replaces only what was read: of ten racing replacements one wins', async () => {
    const { ETag } = await put('counter', '0')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => put('counter', `by ${n}`, { IfMatch: ETag })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(put('counter', 'x', { IfMatch: ETag })).rejects.toMatchObject(
      refusal('PreconditionFailed', 412),
    )
    await expect(put('no-counter', 'x', { IfMatch: ETag })).rejects.toMatchObject(
      refusal('NoSuchKey', 404),
    )
  })

  it('of a read: an unchanged object is 304, a changed one 412', async () => {
    const { ETag } = await put('cached', 'same')
    const read = (more: { IfNoneMatch?: string | undefined; IfMatch?: string }) =>
      s3.send(new GetObjectCommand({ Bucket, Key: 'cached', ...more }))
    await expect(read({ IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    })
    await expect(read({ IfMatch: '"other"' })).rejects.toMatchObject(
      refusal('PreconditionFailed', 412),
    )
    expect(await (await read({ IfNoneMatch: '"other"' })).Body?.transformToString()).toBe('same')
  })
})

describe('a key', () => {
  const nasty = [
    '../../outside',
    '..',
    '.',
    '/',
    '/etc/passwd',
    'a/../../b',
    '.uploads/x',
    'a\\..\\b',
    'nul\u0000byte',
    'tab\tand\u0001control',
    'späce and ünïcode 🐙/日本',
    '%2e%2e%2f',
    '~looks-cut~0000',
    'Case',
    'case',
    'a?b=c&d#e',
    'x'.repeat(1024),
    `${'x'.repeat(1023)}y`,
    '🐙'.repeat(256),
  ]

  it('of any form is an object of its own, and no file outside of its bucket', async () => {
    const bucket = { Bucket: 'nasty-keys' }
    for (const Key of nasty) await s3.send(new PutObjectCommand({ ...bucket, Key, Body: Key }))
    for (const Key of nasty) {
      const { Body } = await s3.send(new GetObjectCommand({ ...bucket, Key }))
      expect(await Body?.transformToString()).toBe(Key)
    }
    const list = await s3.send(new ListObjectsV2Command(bucket))
    expect(list.Contents?.map(({ Key }) => Key).sort()).toEqual([...nasty].sort())
    expect(await readdir(join(test.dataFolder, 's3', bucket.Bucket))).toHaveLength(nasty.length)
    expect((await readdir(test.dataFolder)).sort()).toEqual(['dynamodb', 'local-aws', 's3'])
  })

  it('of more than 1024 bytes is refused', async () => {
    await expect(put('x'.repeat(1025), '')).rejects.toMatchObject(refusal('KeyTooLongError', 400))
  })
})

describe('a bucket', () => {
  it.each(['..', '.uploads', 'UPPER', 'a'.repeat(64), 'a/b'])('%s is refused', async (name) => {
    const path = `/${encodeURIComponent(name)}/key`
    const answer = await sendRaw({ socketPath: test.socketPath, method: 'PUT', path })
    expect(answer).toMatchObject({
      status: 400,
      text: expect.stringContaining('InvalidBucketName'),
    })
  })

  it('is always there', async () => {
    const head = await s3.send(new HeadBucketCommand({ Bucket }))
    expect(head.$metadata.httpStatusCode).toBe(200)
  })
})

describe('what is not answered here', () => {
  const raw = (method: string, path: string, headers = {}) =>
    sendRaw({ socketPath: test.socketPath, method, path, headers })

  it.each([
    ['GET', '/a-bucket?acl', 501, 'NotImplemented'],
    ['GET', '/a-bucket', 501, 'NotImplemented'],
    ['PUT', '/a-bucket', 501, 'NotImplemented'],
    ['DELETE', '/a-bucket', 501, 'NotImplemented'],
    ['PUT', '/a-bucket/key?partNumber=1&uploadId=x', 501, 'NotImplemented'],
    ['POST', '/a-bucket/key', 405, 'MethodNotAllowed'],
    ['GET', '/a-bucket/%ff', 400, 'InvalidURI'],
    ['GET', '/', 501, 'NotImplemented'],
  ])('%s %s says so, and does not pretend', async (method, path, status, code) => {
    const answer = await raw(method, path)
    expect(answer).toMatchObject({ status, text: expect.stringContaining(`<Code>${code}</Code>`) })
  })

  it('is a copy, and a put under a condition on an ETag that must not match', async () => {
    const copy = { 'x-amz-copy-source': '/a-bucket/key' }
    expect(await raw('PUT', '/a-bucket/copy', copy)).toMatchObject({ status: 501 })
    const condition = { 'if-none-match': '"tag"' }
    expect(await raw('PUT', '/a-bucket/copy', condition)).toMatchObject({ status: 501 })
  })
})

it('metadata above 2 KiB is refused', async () => {
  const long = put('metadata', '', { Metadata: { long: 'x'.repeat(2048) } })
  await expect(long).rejects.toMatchObject(refusal('MetadataTooLarge', 400))
})
