/**
 * A session as text: `{key id}.{payload}.{HMAC-SHA256}`, the payload as packed bytes in base64url.
 *
 * Endpoint and user are under the signature without being in the text: a request brings its own
 * proven caller, and with any other one the signature does not fit.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Caller } from '../domain/caller.js'
import type { Session } from '../domain/session.js'
import { fromCapabilityBits, toCapabilityBits } from './client-capabilities.js'
import type { SessionKey, SessionKeys } from './session-keys.js'

/** What the longest names and key id come to is less. */
const MAX_TOKEN_BYTES = 1024

/** First byte of a payload; another layout gets another number. */
const LAYOUT = 1
const NONCE_BYTES = 16
const HEAD_BYTES = 1 + NONCE_BYTES + 4 + 4
const MS_PER_S = 1000

type Owner = Pick<Caller, 'endpointId' | 'userId'>

/** @param session its `id` is 16 bytes in base64url, its `expiresAt` a whole second */
export function signSession(session: Session, { signing }: SessionKeys): string {
  const signed = `${signing.id}.${writePayload(session).toString('base64url')}`
  return `${signed}.${signatureOf(signed, session, signing)}`
}

/** The session, or undefined when the token was not signed by us for this owner. */
export function verifySession(
  token: string,
  owner: Owner,
  { byId }: SessionKeys,
): Session | undefined {
  if (token.length > MAX_TOKEN_BYTES) return undefined
  const [keyId = '', payload = '', signature = '', ...more] = token.split('.')
  const key = byId.get(keyId)
  if (key === undefined || more.length > 0) return undefined
  const expected = signatureOf(`${keyId}.${payload}`, owner, key)
  if (!isSameText(signature, expected)) return undefined
  return readPayload(Buffer.from(payload, 'base64url'), owner)
}

function signatureOf(signed: string, { endpointId, userId }: Owner, { bytes }: SessionKey): string {
  const owner = JSON.stringify([endpointId, userId])
  return createHmac('sha256', bytes).update(`${signed}\n${owner}`).digest('base64url')
}

/** In constant time; as text, because two texts can stand for the same bytes. */
function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function writePayload({ id, version, capabilities, client, expiresAt }: Session): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt8(LAYOUT, 0)
  Buffer.from(id, 'base64url').copy(head, 1, 0, NONCE_BYTES)
  head.writeUInt32BE(toCapabilityBits(capabilities), 1 + NONCE_BYTES)
  head.writeUInt32BE(expiresAt / MS_PER_S, 1 + NONCE_BYTES + 4)
  return Buffer.concat([head, ...[version, client.name, client.version].map(writeText)])
}

function writeText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Called with what we have signed: only a layout of another version can be strange. */
function readPayload(bytes: Buffer, { endpointId, userId }: Owner): Session | undefined {
  if (bytes.readUInt8(0) !== LAYOUT) return undefined
  let at = HEAD_BYTES
  const readText = () => {
    const start = at + 2
    at = start + bytes.readUInt16BE(at)
    return bytes.toString('utf8', start, at)
  }
  return {
    id: bytes.toString('base64url', 1, 1 + NONCE_BYTES),
    endpointId,
    userId,
    version: readText(),
    capabilities: fromCapabilityBits(bytes.readUInt32BE(1 + NONCE_BYTES)),
    client: { name: readText(), version: readText() },
    expiresAt: bytes.readUInt32BE(1 + NONCE_BYTES + 4) * MS_PER_S,
  }
}
