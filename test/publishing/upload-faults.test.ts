import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Aws } from '../../src/aws/aws.js'
import { getObject, listObjects } from '../../src/aws/objects.js'
import { bundleZipKey } from '../../src/aws/table-keys.js'
import { sha256Of } from '../../src/bundles/bundles.js'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import {
  type Bench,
  type PublishingBench,
  startPublishing,
  weatherZip,
} from './publishing-bench.js'

let bench: PublishingBench
beforeAll(async () => {
  bench = await startPublishing()
})
afterAll(() => bench.stop())

let endpointId: string
let serial = 0
beforeEach(() => {
  serial += 1
  endpointId = `tenant-${serial}`
})

async function prepare(zip: Buffer): Promise<string> {
  const content = { bytes: zip.length, sha256: sha256Of(zip) }
  const { uploadId } = await bench.publishing.prepareUpload(endpointId, 'ann', content)
  return uploadId
}

function send(uploadId: string, zip: Buffer, on: Bench = bench): Promise<void> {
  const body = Readable.from([zip])
  return on.publishing.receiveUpload({ endpointId, userId: 'ann' }, { uploadId, body })
}

async function upload(zip: Buffer): Promise<string> {
  const uploadId = await prepare(zip)
  await send(uploadId, zip)
  return uploadId
}

function processOne(
  uploadId: string,
  { on = bench, host = 'a.test' }: { readonly on?: Bench; readonly host?: string } = {},
) {
  const variables = { HOST: host }
  return on.publishing.processUpload({ endpointId, uploadId, variables, actor: 'ann' })
}

async function active(): Promise<string | undefined> {
  const tool = (await bench.catalog.snapshot(endpointId)).find('tool', 'lookup')
  return tool?.target.bundle.sha256
}

/** What lies in the upload area of the endpoint. */
async function waiting(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of listObjects(bench.aws, `uploads/${endpointId}/`)) keys.push(key)
  return keys
}

/** Another client of the engines that fails from the nth request on, of those that match. */
function failing(isMeant: (input: object) => boolean, after = 0): Aws {
  const aws = bench.client()
  let meant = 0
  const fail = (input: object) => {
    if (!isMeant(input)) return
    meant += 1
    if (meant > after) throw new Error('the store is away')
  }
  aws.db.middlewareStack.add(
    (next) => async (args) => {
      fail(args.input)
      return next(args)
    },
    { step: 'initialize', name: 'fail' },
  )
  const s3 = aws.s3()
  return {
    ...aws,
    s3: async () => {
      const client = await s3
      client.middlewareStack.add(
        (next) => async (args) => {
          fail(args.input)
          return next(args)
        },
        { step: 'initialize', name: 'fail', override: true },
      )
      return client
    },
  }
}

const toTable = (noun: 'modules' | 'state' | 'settings') => (input: object) =>
  'TableName' in input && input.TableName === bench.aws.tables[noun]
const toBucket = (input: object) => 'Bucket' in input
/** Or the reading of one, which comes first. */
const isRemoval = (input: object) =>
  toBucket(input) &&
  !('Body' in input) &&
  String('Key' in input && input.Key).startsWith('uploads/')

describe('a store that fails in the middle', () => {
  it.each<[string, (input: object) => boolean, number]>([
    ['the database, when the upload is looked up', toTable('state'), 0],
    ['the database, when it is looked up again', toTable('state'), 1],
    ['the database, when the settings are written', toTable('settings'), 1],
    ['the database, when the package is read', toTable('modules'), 0],
    ['the database, when the package is switched over', toTable('modules'), 2],
    ['the bucket, when the upload is read', toBucket, 0],
    ['the bucket, when the version is stored', toBucket, 1],
    ['the bucket, when the version is read for its trial', toBucket, 2],
    ['the bucket, when the definitions are stored', toBucket, 3],
  ])(
    'leaves what was active, and the upload for another try: %s',
    async (_where, isMeant, after) => {
      const before = weatherZip('before')
      await processOne(await upload(before))
      const zip = weatherZip(`after ${_where}`)
      const uploadId = await upload(zip)
      const aws = failing(isMeant, after)
      const host = 'another.test'
      await expect(processOne(uploadId, { on: bench.on(aws), host })).rejects.toThrow(
        /the store is away|cannot be fetched|cannot be stored/,
      )
      aws.close()
      expect(await active()).toBe(sha256Of(before))
      expect(await processOne(uploadId, { host })).toMatchObject({ outcome: 'activated' })
      expect(await active()).toBe(sha256Of(zip))
    },
  )

  it('when an upload is sent leaves its ticket good, and the bytes can be sent again', async () => {
    const zip = weatherZip('sent again')
    const uploadId = await prepare(zip)
    const aws = failing(toBucket)
    await expect(send(uploadId, zip, bench.on(aws))).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
      message: 'The upload cannot be stored now (Error): send it again',
    })
    aws.close()
    await send(uploadId, zip)
    expect(await processOne(uploadId)).toMatchObject({ outcome: 'activated' })
  })

  it('and a database that fails then tell of the store, and the ticket is used', async () => {
    const zip = weatherZip('all away')
    const uploadId = await prepare(zip)
    const aws = failing((input) => toBucket(input) || toTable('state')(input), 2)
    await expect(send(uploadId, zip, bench.on(aws))).rejects.toMatchObject({
      code: 'BUNDLE_UNAVAILABLE',
    })
    aws.close()
    await expect(send(uploadId, zip)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' })
  })

  it('is told to the log without the ticket, which is still good', async () => {
    const zip = weatherZip('told')
    const uploadId = await prepare(zip)
    const { log, lines } = recordingLog()
    const away = failing(toBucket)
    await expect(send(uploadId, zip, bench.on(away, log))).rejects.toThrow('send it again')
    away.close()
    const allAway = failing((input) => toBucket(input) || toTable('state')(input), 2)
    await expect(send(uploadId, zip, bench.on(allAway, log))).rejects.toThrow('send it again')
    allAway.close()
    const tooLate = await upload(weatherZip('told later'))
    const unremoved = failing(isRemoval, 1)
    await processOne(tooLate, { on: bench.on(unremoved, log) })
    unremoved.close()
    const faults = lines.filter(({ level }) => level === 'warn' || level === 'error')
    expect(faults.map(({ message, fields }) => [message, fields['endpointId']])).toEqual([
      ['the store did not take an upload', endpointId],
      ['the store did not take an upload', endpointId],
      ['the ticket of an upload stays used', endpointId],
      ['an upload that is published could not be removed', endpointId],
    ])
    expect(inspect(lines, { depth: 9 })).not.toMatch(new RegExp(`${uploadId}|${tooLate}`))
  })

  it('after all was done says so when it is asked again', async () => {
    const zip = weatherZip('done')
    const uploadId = await upload(zip)
    const isDone = (input: object) => toTable('state')(input) && 'Item' in input
    const aws = failing(isDone)
    await expect(processOne(uploadId, { on: bench.on(aws) })).rejects.toThrow('the store is away')
    aws.close()
    expect(await active()).toBe(sha256Of(zip))
    expect(await processOne(uploadId)).toMatchObject({ outcome: 'unchanged' })
    expect(await waiting()).toEqual([])
  })

  it('when an upload is removed leaves it to the sweep, and the version is published', async () => {
    const zip = weatherZip('left over')
    const uploadId = await upload(zip)
    const aws = failing(isRemoval, 1)
    expect(await processOne(uploadId, { on: bench.on(aws) })).toMatchObject({
      outcome: 'activated',
    })
    aws.close()
    expect(await waiting()).toHaveLength(1)
    const key = bundleZipKey({ endpointId, packageName: 'weather_tools', sha256: sha256Of(zip) })
    expect(await getObject(bench.aws, key, 100_000)).toEqual(zip)
  })
})
