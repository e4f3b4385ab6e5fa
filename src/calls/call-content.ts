/**
 * Arguments and content of a call: in its row while small, in an object of the bucket above.
 *
 * Both are kept as JSON text: exact to the byte, where native attributes would round numbers, end
 * at 32 levels and lose empty sets.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { getObject, putObject } from '../aws/objects.js'
import { callContentKey } from '../aws/table-keys.js'
import type { CallRecord } from '../domain/call.js'
import { clipText } from './clip-text.js'

export const ContentColumns = z.object({
  arguments: z.string().optional(),
  content: z.string().optional(),
  content_in_s3: z.literal(true).optional(),
  content_bytes: z.number().optional(),
  content_sha256: z.string().optional(),
  content_preview: z.string().optional(),
})

export type ContentColumns = z.infer<typeof ContentColumns>

/** What the row says of the content, and the object to write first, if any. */
export interface CallContent {
  readonly columns: ContentColumns
  readonly object?: Buffer | undefined
}

export type CallIds = Pick<CallRecord, 'endpointId' | 'callId'>

type Spoken = Pick<CallRecord, 'arguments' | 'content'>

/** UTF-8 bytes of the answer's JSON that the row keeps of what lies in the bucket. */
const PREVIEW_BYTES = 512

/** Of a row without arguments and content, more or less. */
const ROW_BYTES = 1024

const StoredContent = z.looseObject({
  arguments: z.unknown().optional(),
  content: z.unknown().optional(),
})

/** What was said as JSON. */
export interface CallTexts {
  readonly arguments: string | undefined
  readonly content: string | undefined
  /** UTF-8, of both. */
  readonly bytes: number
}

export function toTexts(call: Spoken): CallTexts {
  const argumentsJson = toJson(call.arguments)
  const contentJson = toJson(call.content)
  const bytes = Buffer.byteLength(argumentsJson ?? '') + Buffer.byteLength(contentJson ?? '')
  return { arguments: argumentsJson, content: contentJson, bytes }
}

/** @param offloadBytes UTF-8 JSON of arguments and content above this goes to the bucket */
export function toCallContent(texts: CallTexts, offloadBytes: number): CallContent {
  const { arguments: argumentsJson, content: contentJson, bytes } = texts
  if (bytes <= offloadBytes) return { columns: { arguments: argumentsJson, content: contentJson } }
  const object = Buffer.from(objectJson({ arguments: argumentsJson, content: contentJson }))
  return {
    columns: {
      content_in_s3: true,
      content_bytes: object.length,
      content_sha256: sha256(object),
      content_preview: previewOf(texts),
    },
    object,
  }
}

/** The same of a call that runs: what is too large for its row comes with its end. */
export function toBegunContent(texts: CallTexts, offloadBytes: number): CallContent {
  if (texts.bytes > offloadBytes) return { columns: { content_preview: previewOf(texts) } }
  return toCallContent(texts, offloadBytes)
}

/** Roughly what it holds in memory, in bytes. */
export function sizeOf({ bytes }: CallTexts): number {
  return bytes + ROW_BYTES
}

function previewOf({ arguments: argumentsJson, content }: CallTexts): string {
  return clipText(content ?? argumentsJson ?? '', PREVIEW_BYTES)
}

/** Writes the object of a call, if it has one: before its row, so that no row points at nothing. */
export async function storeContent(
  aws: Aws,
  call: CallIds,
  content: CallContent,
  signal: AbortSignal,
): Promise<void> {
  if (!content.object) return
  await putObject(aws, callContentKey(call.endpointId, call.callId), content.object, signal)
}

/** What `readContent` reads, in bytes of JSON. */
export function contentBytes(row: ContentColumns): number {
  if (row.content_in_s3) return row.content_bytes ?? 0
  return Buffer.byteLength(row.arguments ?? '') + Buffer.byteLength(row.content ?? '')
}

/** @throws Error when the object of a row is gone or is not what was written */
export async function readContent(aws: Aws, call: CallIds, row: ContentColumns): Promise<Spoken> {
  if (!row.content_in_s3)
    return { arguments: fromJson(row.arguments), content: fromJson(row.content) }
  const key = callContentKey(call.endpointId, call.callId)
  const object = await getObject(aws, key, row.content_bytes ?? 0)
  if (!object) throw new Error(`the content of a call is missing: ${key}`)
  if (sha256(object) !== row.content_sha256)
    throw new Error(`the content of a call is not what was written: ${key}`)
  const stored = StoredContent.parse(JSON.parse(object.toString('utf8')))
  return { arguments: stored.arguments, content: stored.content }
}

/** One JSON object out of texts that are JSON already: exact to the byte. */
function objectJson(members: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(members).filter(([, json]) => json !== undefined)
  return `{${present.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`
}

/** `JSON.stringify` answers undefined for undefined, which its type does not say. */
function toJson(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function fromJson(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
