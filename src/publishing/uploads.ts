/**
 * A bundle on its way: announced with length and hash, sent once, then published.
 *
 * What is known of an upload lies in one of a user's few slots for a day. The id names the slot and
 * holds 192 random bits; with another user's, or at another endpoint, it names nothing.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import {
  type ArchiveLimits,
  bundleInvalid,
  formatBytes,
  sha256Of,
  type UploadArea,
  type UploadContent,
  type UploadTarget,
} from '../bundles/bundles.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'

export interface Uploads {
  prepare(owner: UploadOwner, content: UploadContent): Promise<PreparedUpload>
  receive(owner: UploadOwner, incoming: IncomingUpload): Promise<void>
  /** @param publish what to do with its bytes, unless that has been done */
  process<Outcome extends object>(
    owner: UploadOwner,
    uploadId: string,
    work: ProcessUpload<Outcome>,
  ): Promise<Outcome>
  /** Removes what nobody came back for. Never rejects. */
  sweep(): Promise<void>
}

/** Whose upload it is: for everybody else it does not exist. */
export interface UploadOwner {
  readonly endpointId: EndpointId
  readonly userId: string
}

export interface PreparedUpload {
  readonly uploadId: string
  readonly target: UploadTarget
  /** Milliseconds since 1970; by then the bytes have to be on their way. */
  readonly expiresAt: number
}

export interface IncomingUpload {
  readonly uploadId: string
  readonly body: Readable
  /** What the sender says of its length, where it does. */
  readonly announcedBytes?: number | undefined
}

export interface ProcessUpload<Outcome> {
  readonly publish: (zip: Buffer) => Promise<Outcome>
  /** What an earlier processing has left. */
  readonly outcome: z.ZodType<Outcome>
}

export interface UploadsOptions {
  readonly area: UploadArea
  readonly state: StateStore
  readonly limits: ArchiveLimits
  readonly clock: Clock
  readonly log: Log
}

const MINUTE_MS = 60_000
/** For the bytes to come. */
const TARGET_MS = 15 * MINUTE_MS
/** For the upload to be published, and for that to be asked for again. */
const UPLOAD_MS = 24 * 60 * MINUTE_MS
/** Uploads that one user may have open at an endpoint: one hex digit. */
const SLOTS = 16

const UPLOAD_ID = /^[0-9a-f][A-Za-z0-9_-]{32}$/
const SHA256 = /^[0-9a-f]{64}$/

const Upload = z.object({
  id: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  /** Milliseconds since 1970. */
  sendBefore: z.number(),
  /** `taken`: its bytes came or are coming, once; `done`: it is published. */
  stage: z.enum(['open', 'taken', 'done']),
  outcome: z.unknown(),
})

interface Found {
  readonly key: StateKey
  readonly version: string
  readonly expiresAt: number
  readonly upload: z.infer<typeof Upload>
}

export function createUploads({ area, state, limits, clock, log }: UploadsOptions): Uploads {
  return {
    async prepare(owner, content) {
      checkContent(content, limits)
      const now = clock.now()
      const sendBefore = now + TARGET_MS
      const uploadId = await takeSlot(state, owner, {
        upload: { ...content, sendBefore, stage: 'open', outcome: null },
        expiresAt: now + UPLOAD_MS,
      })
      const { endpointId } = owner
      const announced = { ...content, lifetimeMs: TARGET_MS }
      const direct = await area.target({ endpointId, uploadId }, announced)
      const target = direct ?? toTicket(endpointId, uploadId)
      return { uploadId, target, expiresAt: sendBefore }
    },

    async receive(owner, { uploadId, body, announcedBytes = 0 }) {
      const key = { endpointId: owner.endpointId, uploadId }
      const found = await findUpload(state, owner, uploadId)
      const { upload } = found
      if (upload.stage !== 'open' || upload.sendBefore <= clock.now()) throw notFound()
      if (announcedBytes > upload.bytes) throw tooLarge(upload.bytes)
      if (!(await replaceUpload(state, found, { ...upload, stage: 'taken' }))) throw notFound()
      try {
        await area.receive(key, upload, body)
      } catch (err) {
        if (!isStoresFault(err)) throw err
        log.error({ err, endpointId: key.endpointId }, 'the store did not take an upload')
        await reopen({ state, log }, owner, uploadId)
        throw err
      }
    },

    async process(owner, uploadId, { publish, outcome: Outcome }) {
      const key = { endpointId: owner.endpointId, uploadId }
      const { upload } = await findUpload(state, owner, uploadId)
      if (upload.stage === 'done') return Outcome.parse(upload.outcome)
      const zip = await area.read(key, upload.bytes)
      // Read again: whoever has published it meanwhile has removed its bytes.
      const found = await findUpload(state, owner, uploadId)
      if (found.upload.stage === 'done') return Outcome.parse(found.upload.outcome)
      const outcome = await publish(checkZip(zip, upload))
      await replaceUpload(state, found, { ...found.upload, stage: 'done', outcome })
      await area.remove(key).catch((err: unknown) => {
        log.warn(
          { err, endpointId: key.endpointId },
          'an upload that is published could not be removed',
        )
      })
      return outcome
    },

    async sweep() {
      try {
        const removed = await area.removeOlder(clock.now() - UPLOAD_MS)
        if (removed > 0) log.info({ removed }, 'abandoned uploads were removed')
      } catch (err) {
        log.warn({ err }, 'abandoned uploads could not be removed')
      }
    },
  }
}

/** @throws GatewayError `UPLOAD_NOT_FOUND` */
async function findUpload(state: StateStore, owner: UploadOwner, uploadId: string): Promise<Found> {
  if (!UPLOAD_ID.test(uploadId)) throw notFound()
  const key = slotKey(owner, Number.parseInt(uploadId.charAt(0), 16))
  const stored = await state.read(key)
  const upload = stored && Upload.parse(stored.value)
  if (upload?.id !== uploadId) throw notFound()
  return { key, version: stored?.version ?? '', expiresAt: stored?.expiresAt ?? 0, upload }
}

/** @returns false when it has changed since it was found */
function replaceUpload(
  state: StateStore,
  { key, version, expiresAt }: Found,
  upload: z.infer<typeof Upload>,
): Promise<boolean> {
  return state.replace(key, version, { value: upload, expiresAt })
}

/** Makes the ticket of an upload good again: nothing of it is stored. Never rejects. */
async function reopen(
  { state, log }: Pick<UploadsOptions, 'state' | 'log'>,
  owner: UploadOwner,
  uploadId: string,
): Promise<void> {
  try {
    const found = await findUpload(state, owner, uploadId)
    if (found.upload.stage !== 'taken') return
    await replaceUpload(state, found, { ...found.upload, stage: 'open' })
  } catch (err) {
    const { endpointId } = owner
    log.warn({ err, endpointId }, 'the ticket of an upload stays used')
  }
}

interface NewUpload {
  readonly upload: Omit<z.infer<typeof Upload>, 'id'>
  readonly expiresAt: number
}

/**
 * A free slot, from a random one on; where none is, that of the upload which is done for longest:
 * what came of an upload can be asked for as long as there is room.
 *
 * @throws GatewayError `BUSY` when all of them wait for something
 */
async function takeSlot(
  state: StateStore,
  owner: UploadOwner,
  { upload, expiresAt }: NewUpload,
): Promise<string> {
  const [first = 0] = randomBytes(1)
  for (let step = 0; step < SLOTS; step++) {
    const slot = (first + step) % SLOTS
    const id = newId(slot)
    if (await state.create(slotKey(owner, slot), { value: { id, ...upload }, expiresAt })) return id
  }
  for (const { slot, version } of await doneSlots(state, owner)) {
    const id = newId(slot)
    const item = { value: { id, ...upload }, expiresAt }
    if (await state.replace(slotKey(owner, slot), version, item)) return id
  }
  throw new GatewayError('BUSY', `${SLOTS} of your uploads are open; process those first`, {
    data: { limit: SLOTS },
  })
}

/** Slots whose uploads are published, the oldest first. */
async function doneSlots(state: StateStore, owner: UploadOwner) {
  const reads = Array.from({ length: SLOTS }, async (_, slot) => {
    const stored = await state.read(slotKey(owner, slot))
    const upload = stored && Upload.parse(stored.value)
    if (stored === undefined || upload?.stage !== 'done') return []
    return [{ slot, version: stored.version, sendBefore: upload.sendBefore }]
  })
  const done = (await Promise.all(reads)).flat()
  return done.sort((a, b) => a.sendBefore - b.sendBefore)
}

function newId(slot: number): string {
  return `${slot.toString(16)}${randomBytes(24).toString('base64url')}`
}

function slotKey({ endpointId, userId }: UploadOwner, slot: number): StateKey {
  return { endpointId, kind: 'ticket', id: `${slot.toString(16)}#${userId}` }
}

/** The id is the ticket: it is good once, and for its owner alone. */
function toTicket(endpointId: EndpointId, uploadId: string): UploadTarget {
  return { url: `/${endpointId}/uploads/${uploadId}`, method: 'PUT', headers: {} }
}

function checkContent({ bytes, sha256 }: UploadContent, { maxZipBytes }: ArchiveLimits): void {
  if (!SHA256.test(sha256))
    throw new GatewayError('INVALID_PARAMS', 'sha256: must be 64 lower-case hex digits')
  if (!Number.isSafeInteger(bytes) || bytes < 1)
    throw new GatewayError('INVALID_PARAMS', 'bytes: must be a whole number, 1 or more')
  if (bytes > maxZipBytes)
    throw bundleInvalid(
      `the archive is ${formatBytes(bytes)}; at most ${formatBytes(maxZipBytes)} are allowed`,
    )
}

function checkZip(zip: Buffer | undefined, { sha256 }: UploadContent): Buffer {
  if (zip === undefined)
    throw new GatewayError('UPLOAD_NOT_FOUND', 'Nothing has come for this upload yet')
  const found = sha256Of(zip)
  if (found === sha256) return zip
  throw bundleInvalid(`the upload has the SHA-256 ${found}, announced was ${sha256}`)
}

/** Not its sender's. */
function isStoresFault(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'BUNDLE_UNAVAILABLE'
}

function notFound(): GatewayError {
  return new GatewayError('UPLOAD_NOT_FOUND', 'There is no such upload, or it is used or over')
}

function tooLarge(bytes: number): GatewayError {
  return new GatewayError(
    'BODY_TOO_LARGE',
    `The upload is larger than the ${bytes} bytes that were announced`,
  )
}
