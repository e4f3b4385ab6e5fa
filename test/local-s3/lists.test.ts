import {
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type ListObjectsV2CommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestAws, type TestAws } from '../support/aws.js'

const Bucket = 'listed'
const long = `logs/${'x'.repeat(600)}`
const keys = [
  'a.txt',
  'logs/1',
  'logs/2',
  'logs/old/3',
  'logs/old/4',
  long,
  'z<&>"',
  'é',
  '🐙',
  '豈',
]
let test: TestAws
let s3: S3Client

beforeAll(async () => {
  test = await startTestAws({ tables: false })
  s3 = await test.aws.s3()
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
})
afterAll(() => test.stop())

const list = (input: Partial<ListObjectsV2CommandInput> = {}) =>
  s3.send(new ListObjectsV2Command({ Bucket, ...input }))
const byBytes = (all: readonly string[]) =>
  [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

it('names every key in the order of its bytes, with size, date and ETag', async () => {
  const { Contents = [], IsTruncated, KeyCount } = await list()
  expect(Contents.map(({ Key }) => Key)).toEqual(byBytes(keys))
  expect(Contents[0]).toMatchObject({
    Key: 'a.txt',
    Size: 5,
    ETag: expect.stringMatching(/^"\w{32}"$/),
  })
  expect(Contents[0]?.LastModified).toBeInstanceOf(Date)
  expect({ IsTruncated, KeyCount }).toEqual({ IsTruncated: false, KeyCount: keys.length })
})

it('under a prefix names only the keys that begin with it', async () => {
  const { Contents = [] } = await list({ Prefix: 'logs/o' })
  expect(Contents.map(({ Key }) => Key)).toEqual(['logs/old/3', 'logs/old/4'])
})

it('with a delimiter sums up what lies deeper, once', async () => {
  const { Contents = [], CommonPrefixes = [] } = await list({ Prefix: 'logs/', Delimiter: '/' })
  expect(Contents.map(({ Key }) => Key)).toEqual(['logs/1', 'logs/2', long])
  expect(CommonPrefixes).toEqual([{ Prefix: 'logs/old/' }])
})

it.each([1, 2, 3, 100])('by pages of %i misses no key and repeats none', async (pageSize) => {
  const seen: (string | undefined)[] = []
  for await (const page of paginateListObjectsV2({ client: s3, pageSize }, { Bucket })) {
    expect(page.Contents?.length ?? 0).toBeLessThanOrEqual(pageSize)
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key))
  }
  expect(seen).toEqual(byBytes(keys))
})

it('by pages with a delimiter repeats no prefix', async () => {
  const seen: (string | undefined)[] = []
  const input = { Bucket, Delimiter: '/' }
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, input))
    seen.push(
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    )
  expect(seen).toEqual(byBytes(['a.txt', 'logs/', 'z<&>"', 'é', '🐙', '豈']))
})

it('starts after a key, may be of no keys, and encodes keys when asked', async () => {
  const after = await list({ StartAfter: 'logs/old/4', Prefix: 'logs/' })
  expect(after.Contents?.map(({ Key }) => Key)).toEqual([long])
  expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  const encoded = await list({ EncodingType: 'url', Prefix: 'z' })
  expect(encoded.Contents?.[0]?.Key).toBe(encodeURIComponent('z<&>"'))
})

it('of a bucket that nobody wrote to is empty', async () => {
  expect(await list({ Bucket: 'nobody' })).toMatchObject({ KeyCount: 0, IsTruncated: false })
})

it.each([{ MaxKeys: -1 }, { ContinuationToken: 'not a token' }])('refuses %j', async (input) => {
  await expect(list(input)).rejects.toMatchObject({ name: 'InvalidArgument' })
})
