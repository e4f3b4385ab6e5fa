import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listObjects } from '../../src/aws/objects.js'
import { sha256Of } from '../../src/bundles/bundles.js'
import type { PreparedUpload } from '../../src/publishing/uploads.js'
import { type PublishingBench, startPublishing, weatherZip } from './publishing-bench.js'

const MINUTE_MS = 60_000
let aheadMs = 0
let bench: PublishingBench
beforeAll(async () => {
  bench = await startPublishing({ now: () => Date.now() + aheadMs })
})
afterAll(() => bench.stop())

let owner: { endpointId: string; userId: string }
let serial = 0
beforeEach(() => {
  aheadMs = 0
  serial += 1
  owner = { endpointId: `tenant-${serial}`, userId: 'ann' }
})

const contentOf = (zip: Buffer) => ({ bytes: zip.length, sha256: sha256Of(zip) })

const prepare = (zip: Buffer) =>
  bench.publishing.prepareUpload(owner.endpointId, owner.userId, contentOf(zip))

const send = (uploadId: string, zip: Buffer, who = owner) =>
  bench.publishing.receiveUpload(who, { uploadId, body: Readable.from([zip]) })

interface Processing {
  readonly who?: typeof owner
  /** Empty: it is not given. */
  readonly host?: string
}

function processOne(uploadId: string, { who = owner, host = 'a.test' }: Processing = {}) {
  const { endpointId, userId: actor } = who
  const variables: Record<string, string> = host === '' ? {} : { HOST: host }
  return bench.publishing.processUpload({ endpointId, uploadId, variables, actor })
}

async function upload(zip: Buffer): Promise<PreparedUpload> {
  const prepared = await prepare(zip)
  await send(prepared.uploadId, zip)
  return prepared
}

async function active(): Promise<string | undefined> {
  const tool = (await bench.catalog.snapshot(owner.endpointId)).find('tool', 'lookup')
  return tool?.target.bundle.sha256
}

/** What lies in the upload area of the endpoint. */
async function waiting(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of listObjects(bench.aws, `uploads/${owner.endpointId}/`)) keys.push(key)
  return keys
}

const NOT_FOUND = expect.objectContaining({ code: 'UPLOAD_NOT_FOUND' })

describe('an upload', () => {
  it('is announced, sent to this gateway, published, and gone', async () => {
    const zip = weatherZip('whole')
    const { uploadId, target, expiresAt } = await prepare(zip)
    expect(target).toEqual({
      url: `/${owner.endpointId}/uploads/${uploadId}`,
      method: 'PUT',
      headers: {},
    })
    expect(expiresAt - Date.now()).toBeGreaterThan(14 * MINUTE_MS)
    await send(uploadId, zip)
    expect(await waiting()).toHaveLength(1)
    expect(await processOne(uploadId)).toMatchObject({ outcome: 'activated' })
    expect(await active()).toBe(sha256Of(zip))
    expect(await waiting()).toEqual([])
  })

  it('that is asked for again says what came of it, and changes nothing', async () => {
    const { uploadId } = await upload(weatherZip('again'))
    const published = await processOne(uploadId)
    const newer = await upload(weatherZip('newer'))
    await processOne(newer.uploadId)
    for (let n = 0; n < 14; n++) await prepare(weatherZip('more'))
    expect(await processOne(uploadId)).toEqual(published)
    expect(await active()).toBe(sha256Of(weatherZip('newer')))
  })

  it('of the same bytes as before changes nothing', async () => {
    const zip = weatherZip('same')
    await processOne((await upload(zip)).uploadId)
    expect(await processOne((await upload(zip)).uploadId)).toMatchObject({ outcome: 'unchanged' })
  })

  it('is processed by two at once as if by one', async () => {
    const { uploadId } = await upload(weatherZip('twice'))
    const outcomes = await Promise.allSettled([processOne(uploadId), processOne(uploadId)])
    const failed = outcomes.flatMap((each) =>
      each.status === 'rejected' ? [each.reason.code] : [],
    )
    expect(failed.filter((code) => code !== 'CONFLICT')).toEqual([])
    expect(failed.length).toBeLessThan(2)
    expect(await active()).toBe(sha256Of(weatherZip('twice')))
    expect(await processOne(uploadId)).toMatchObject({ ref: { packageName: 'weather_tools' } })
  })

  it('never mixes with another one at the same time', async () => {
    const zips = ['left', 'right', 'middle'].map((name) => weatherZip(name))
    const uploads = await Promise.all(zips.map((zip) => prepare(zip)))
    await Promise.all(uploads.map(({ uploadId }, n) => send(uploadId, zips[n] ?? Buffer.alloc(0))))
    for (const [n, { uploadId }] of uploads.entries()) {
      const { ref } = await processOne(uploadId)
      expect(ref.sha256).toBe(sha256Of(zips[n] ?? Buffer.alloc(0)))
    }
  })

  it('that is refused stays, for another try with its variables', async () => {
    const { uploadId } = await upload(weatherZip('variables'))
    await expect(processOne(uploadId, { host: '' })).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining('HOST'),
    })
    expect(await processOne(uploadId)).toMatchObject({ outcome: 'activated' })
  })
})

describe('the ticket of an upload', () => {
  it('is good once', async () => {
    const zip = weatherZip('once')
    const { uploadId } = await upload(zip)
    await expect(send(uploadId, zip)).rejects.toEqual(NOT_FOUND)
  })

  it('is good once also for two at the same time', async () => {
    const zip = weatherZip('race')
    const { uploadId } = await prepare(zip)
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => send(uploadId, zip)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await processOne(uploadId)).toMatchObject({ outcome: 'activated' })
  })

  it('is good for 15 minutes', async () => {
    const zip = weatherZip('late')
    const { uploadId } = await prepare(zip)
    aheadMs = 15 * MINUTE_MS
    await expect(send(uploadId, zip)).rejects.toEqual(NOT_FOUND)
  })

  it.each([
    ['another user', { userId: 'bob' }],
    ['another endpoint', { endpointId: 'elsewhere' }],
  ])('is nothing to %s, and neither is the upload', async (_who, change) => {
    const zip = weatherZip('mine')
    const { uploadId } = await prepare(zip)
    const stranger = { ...owner, ...change }
    await expect(send(uploadId, zip, stranger)).rejects.toEqual(NOT_FOUND)
    await send(uploadId, zip)
    await expect(processOne(uploadId, { who: stranger })).rejects.toEqual(NOT_FOUND)
  })

  it.each(['', 'x', '0'.repeat(33), `f${'A'.repeat(32)}`, '../../bundles/acme/x', 'x'.repeat(200)])(
    'that nobody was given is none: %j',
    async (uploadId) => {
      await prepare(weatherZip())
      await expect(send(uploadId, weatherZip())).rejects.toEqual(NOT_FOUND)
      await expect(processOne(uploadId)).rejects.toEqual(NOT_FOUND)
    },
  )

  it('is not spent by a request that announces too much, and spent by one that turns out wrong', async () => {
    const zip = weatherZip('announced')
    const { uploadId } = await prepare(zip)
    const body = Readable.from([zip])
    const announced = { uploadId, body, announcedBytes: zip.length + 1 }
    await expect(bench.publishing.receiveUpload(owner, announced)).rejects.toMatchObject({
      code: 'BODY_TOO_LARGE',
    })
    const other = Buffer.alloc(zip.length)
    await expect(send(uploadId, other)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    await expect(send(uploadId, zip)).rejects.toEqual(NOT_FOUND)
    await expect(processOne(uploadId)).rejects.toMatchObject({
      code: 'UPLOAD_NOT_FOUND',
      message: 'Nothing has come for this upload yet',
    })
  })
})

describe('what is announced', () => {
  it.each([
    ['no hash', { bytes: 1, sha256: 'ABC' }, 'INVALID_PARAMS'],
    ['no bytes', { bytes: 0, sha256: 'a'.repeat(64) }, 'INVALID_PARAMS'],
    ['half a byte', { bytes: 1.5, sha256: 'a'.repeat(64) }, 'INVALID_PARAMS'],
    ['too many bytes', { bytes: 26 * 1024 * 1024, sha256: 'a'.repeat(64) }, 'BUNDLE_INVALID'],
  ])('is refused with %s', async (_what, content, code) => {
    const { endpointId, userId } = owner
    const preparing = bench.publishing.prepareUpload(endpointId, userId, content)
    await expect(preparing).rejects.toMatchObject({ code })
  })

  it('is 16 uploads of a user at a time; what is published or a day old makes room', async () => {
    const zip = weatherZip('many')
    const uploads = []
    for (let n = 0; n < 16; n++) uploads.push(await prepare(zip))
    expect(new Set(uploads.map(({ uploadId }) => uploadId)).size).toBe(16)
    await expect(prepare(zip)).rejects.toMatchObject({ code: 'BUSY' })
    owner = { ...owner, userId: 'bob' }
    await prepare(zip)
    owner = { ...owner, userId: 'ann' }
    const uploadId = uploads[7]?.uploadId ?? ''
    await send(uploadId, zip)
    await processOne(uploadId)
    await prepare(zip)
    await expect(prepare(zip)).rejects.toMatchObject({ code: 'BUSY' })
    aheadMs = 24 * 60 * MINUTE_MS
    await prepare(zip)
  })
})

describe('a ZIP inside a message', () => {
  const inline = (base64: string) =>
    bench.publishing.publishInline({
      endpointId: owner.endpointId,
      base64,
      variables: { HOST: 'a.test' },
      actor: 'ann',
    })

  it('is published like any other', async () => {
    const zip = weatherZip('inline')
    expect(await inline(zip.toString('base64'))).toMatchObject({ outcome: 'activated' })
    expect(await active()).toBe(sha256Of(zip))
  })

  it.each([
    ['more than 4 MiB', Buffer.alloc(4 * 1024 * 1024 + 1).toString('base64'), /4 MiB .*upload it/],
    ['what is no base64', 'UEsDBA==!', /not base64/],
    ['base64 of another alphabet', Buffer.alloc(3, 0xff).toString('base64url'), /not base64/],
    ['nothing', '', /not a ZIP/],
  ])('is refused when it is %s', async (_what, base64, message) => {
    await expect(inline(base64)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(message),
    })
  })
})

it('uploads that nobody came back for are removed after a day, others stay', async () => {
  await upload(weatherZip('abandoned'))
  await bench.publishing.sweepUploads()
  expect(await waiting()).toHaveLength(1)
  aheadMs = 25 * 60 * MINUTE_MS
  await bench.publishing.sweepUploads()
  expect(await waiting()).toEqual([])
})
