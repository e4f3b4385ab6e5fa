import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { sha256Of } from '../../src/bundles/bundles.js'
import type { Role } from '../../src/domain/caller.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { weatherZip } from './publishing-bench.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

const SIGNING_KEY = 'the-signing-key-of-a-test-gateway-0123456789'

const tokenOf = (userId: string, roles: readonly Role[], endpointId = 'acme') =>
  createLocalTokens(SIGNING_KEY).sign({
    userId,
    endpointId,
    roles,
    expiresAt: Date.now() + 600_000,
  })

const prepare = (zip: Buffer, userId = 'ann') =>
  gateway.parts.publishing.prepareUpload('acme', userId, {
    bytes: zip.length,
    sha256: sha256Of(zip),
  })

const process = (uploadId: string, actor = 'ann') =>
  gateway.parts.publishing.processUpload({
    endpointId: 'acme',
    uploadId,
    variables: { HOST: 'a.test' },
    actor,
  })

interface Put {
  readonly token?: string
  readonly body: Buffer
  readonly headers?: Record<string, string>
}

async function put(path: string, { token, body, headers = {} }: Put) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'PUT',
    headers: { ...authorization, ...headers },
    body: new Uint8Array(body),
  })
  return { status: response.status, text: await response.text() }
}

describe('PUT /{endpoint_id}/uploads/{ticket}', () => {
  it.each<[Role, Record<string, string>]>([
    ['publisher', {}],
    ['admin', { 'content-type': 'application/zip' }],
    ['publisher', { 'content-type': 'application/json' }],
  ])(
    'takes the bytes of a %s once, answers 201, and they can be published',
    async (role, headers) => {
      const zip = weatherZip(`${role} ${JSON.stringify(headers)}`)
      const { uploadId, target } = await prepare(zip)
      const token = await tokenOf('ann', [role])
      expect(await put(target.url, { token, body: zip, headers })).toEqual({
        status: 201,
        text: '',
      })
      expect((await put(target.url, { token, body: zip, headers })).status).toBe(404)
      expect(await process(uploadId)).toMatchObject({ outcome: 'activated' })
    },
  )

  it('takes those of the operator too', async () => {
    const zip = weatherZip('operator')
    const { uploadId, target } = await prepare(zip, 'operator')
    expect((await put(target.url, { token: ADMIN_TOKEN, body: zip })).status).toBe(201)
    expect(await process(uploadId, 'operator')).toMatchObject({ outcome: 'activated' })
  })

  it('is for nobody who may not publish, or has no token, or is of another endpoint', async () => {
    const zip = weatherZip('roles')
    const { target } = await prepare(zip)
    expect((await put(target.url, { body: zip })).status).toBe(401)
    for (const role of ['caller', 'reader'] as const) {
      const token = await tokenOf('ann', [role])
      expect((await put(target.url, { token, body: zip })).status).toBe(403)
    }
    const stranger = await tokenOf('ann', ['admin'], 'globex')
    expect((await put(target.url, { token: stranger, body: zip })).status).toBe(403)
  })

  it('answers the ticket of another user, endpoint, or nobody with the same 404', async () => {
    const zip = weatherZip('stolen')
    const { uploadId, target } = await prepare(zip)
    const bob = await tokenOf('bob', ['admin'])
    const stolen = await put(target.url, { token: bob, body: zip })
    const globex = await tokenOf('ann', ['admin'], 'globex')
    const elsewhere = await put(`/globex/uploads/${uploadId}`, { token: globex, body: zip })
    const never = await put(`/acme/uploads/${'0'.repeat(33)}`, { token: bob, body: zip })
    expect(stolen.status).toBe(404)
    expect([elsewhere, never]).toEqual([stolen, stolen])
    expect(
      (await put(target.url, { token: await tokenOf('ann', ['admin']), body: zip })).status,
    ).toBe(201)
  })

  it('answers what announces more than was prepared with 413, and the ticket is still good', async () => {
    const zip = weatherZip('larger')
    const { target } = await prepare(zip)
    const token = await tokenOf('ann', ['publisher'])
    const large = Buffer.concat([zip, Buffer.alloc(5_000_000)])
    expect((await put(target.url, { token, body: large })).status).toBe(413)
    expect((await put(target.url, { token, body: zip })).status).toBe(201)
  })

  it('stops what turns out larger than was prepared, with 413, before it is all there', async () => {
    const zip = weatherZip('endless')
    const { uploadId, target } = await prepare(zip)
    const token = await tokenOf('ann', ['publisher'])
    const answer = await sendEndless(target.url, token)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    await expect(process(uploadId)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' })
  })

  it.each([
    ['other bytes', (zip: Buffer) => Buffer.alloc(zip.length, 7)],
    ['fewer bytes', (zip: Buffer) => zip.subarray(1)],
    ['nothing', () => Buffer.alloc(0)],
  ])(
    'answers %s than were prepared with 400, and nothing can be published',
    async (what, change) => {
      const zip = weatherZip(`wrong ${what}`)
      const { uploadId, target } = await prepare(zip)
      const token = await tokenOf('ann', ['publisher'])
      expect((await put(target.url, { token, body: change(zip) })).status).toBe(400)
      await expect(process(uploadId)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' })
    },
  )

  it('keeps nothing of a body that breaks off', async () => {
    const zip = weatherZip('broken off')
    const { uploadId, target } = await prepare(zip)
    const token = await tokenOf('ann', ['publisher'])
    await breakOff(target.url, token, zip)
    await expect(process(uploadId)).rejects.toMatchObject({ code: 'UPLOAD_NOT_FOUND' })
    // The gateway goes on serving.
    expect(await process((await uploadWhole(zip, token)).uploadId)).toMatchObject({
      outcome: 'activated',
    })
  })
})

async function uploadWhole(zip: Buffer, token: string) {
  const prepared = await prepare(zip)
  await put(prepared.target.url, { token, body: zip })
  return prepared
}

function open(path: string, token: string, framing: string) {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n${framing}\r\n\r\n`,
  )
  return socket
}

/** Sends chunk after chunk until there is an answer. */
async function sendEndless(path: string, token: string): Promise<string> {
  const socket = open(path, token, 'Transfer-Encoding: chunked')
  socket.on('error', () => undefined)
  const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`
  const send = () => socket.writable && socket.write(chunk, () => setImmediate(send))
  send()
  const [head] = await once(socket, 'data')
  socket.destroy()
  return String(head)
}

async function breakOff(path: string, token: string, zip: Buffer): Promise<void> {
  const socket = open(path, token, `Content-Length: ${zip.length}`)
  socket.end(zip.subarray(0, 50))
  await text(socket).catch(() => '')
}
