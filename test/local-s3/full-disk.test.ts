import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startLimitedEngine } from '../support/limited-engine.js'
import { createDataFolder, removeDataFolder } from '../support/product.js'

const Bucket = 'a-bucket'
const large = Buffer.alloc(200_000, 'large ')

async function openStore() {
  const dataFolder = await createDataFolder()
  const spawnEngine = () => {
    throw new Error('the engine has ended')
  }
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: Bucket, tables: tableNames('t-'), client })
  onTestFinished(async () => {
    aws.close()
    await removeDataFolder(dataFolder)
  })
  return { dataFolder, s3: await aws.s3() }
}

it('a put for which the disk has no room is refused, and what was there stays whole', async () => {
  const { dataFolder, s3 } = await openStore()
  const put = (Key: string, Body: Buffer | Readable, ContentLength?: number) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength }))
  const get = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return Body?.transformToString()
  }
  const list = async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    return Contents.map(({ Key, Size }) => [Key, Size])
  }
  const full = { name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } }

  const limited = await startLimitedEngine(dataFolder, 64)
  onTestFinished(async () => void (await limited.stop()))
  await put('kept', Buffer.from('old'))
  await expect(put('kept', large)).rejects.toMatchObject(full)
  await expect(put('new', large)).rejects.toMatchObject(full)
  await expect(put('new', Readable.from([large]), large.length)).rejects.toMatchObject(full)
  await expect(get('new')).rejects.toMatchObject({ name: 'NoSuchKey' })
  await put('small', Buffer.from('next'))
  expect(await list()).toEqual([
    ['kept', 3],
    ['small', 4],
  ])
  expect(await get('kept')).toBe('old')
  expect(await readdir(join(dataFolder, 's3/.uploads'))).toEqual([])
  expect(limited.stderr()).toMatch(/"code":"EFBIG".*"msg":"folder S3 failed"/)

  await limited.stop()
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  onTestFinished(() => engine.close())
  expect(await get('kept')).toBe('old')
  await put('kept', large)
  expect((await get('kept')) === large.toString()).toBe(true)
})
