/** The revisions this gateway speaks. */
import { IDEMPOTENCY_META } from '../domain/call.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { JsonObject, McpMethod, McpRequest, ProtocolVersion, TraceContext } from './message.js'
import type { MethodTable, RawRequest, RequestContext } from './params.js'
import { revision20241105 } from './revision-2024-11-05.js'
import { revision20250326 } from './revision-2025-03-26.js'
import { revision20250618 } from './revision-2025-06-18.js'
import { revision20251125 } from './revision-2025-11-25.js'
import { revision20260728 } from './revision-2026-07-28.js'
import type { Revision } from './revision.js'

export type { Revision } from './revision.js'

const REVISIONS: Record<ProtocolVersion, Revision> = {
  '2024-11-05': revision20241105,
  '2025-03-26': revision20250326,
  '2025-06-18': revision20250618,
  '2025-11-25': revision20251125,
  '2026-07-28': revision20260728,
}

const LATEST_LEGACY: ProtocolVersion = '2025-11-25'

/** What a legacy client is taken to speak when it does not say so. */
export const ASSUMED_LEGACY: ProtocolVersion = '2025-03-26'

/** Requests that stand alone may ask for these; `server/discover` reports the same. */
export const MODERN_VERSIONS: readonly ProtocolVersion[] = ['2026-07-28']

export function revisionOf(version: ProtocolVersion): Revision {
  return REVISIONS[version]
}

export function isProtocolVersion(text: unknown): text is ProtocolVersion {
  return typeof text === 'string' && Object.hasOwn(REVISIONS, text)
}

export function unsupportedVersion(requested: string): GatewayError {
  return new GatewayError('UNSUPPORTED_VERSION', `Unsupported protocol version: ${requested}`, {
    data: { supported: MODERN_VERSIONS, requested },
  })
}

/** @throws GatewayError `UNSUPPORTED_VERSION` for what no request that stands alone may ask for */
export function modernRevision(version: string): Revision {
  const found = MODERN_VERSIONS.find((supported) => supported === version)
  if (found === undefined) throw unsupportedVersion(version)
  return REVISIONS[found]
}

/** What `initialize` settles on: the version asked for, or the latest that has a handshake. */
export function negotiateLegacy(asked: string): ProtocolVersion {
  if (isProtocolVersion(asked) && REVISIONS[asked].era === 'legacy') return asked
  return LATEST_LEGACY
}

/**
 * The last step of every edge: the revision's table decides whether the method exists and whether
 * its params fit.
 *
 * @throws GatewayError `METHOD_NOT_FOUND` or `INVALID_PARAMS`
 */
export function readRequest(
  { version, era, methods }: Revision,
  raw: RawRequest,
  context: Omit<RequestContext, 'version' | 'era' | keyof OfMeta>,
): McpRequest {
  const read = hasMethod(methods, raw.method) ? methods[raw.method] : undefined
  if (read === undefined)
    throw new GatewayError('METHOD_NOT_FOUND', `Method not found: ${clip(raw.method)}`)
  return read(raw, { version, era, ...readMeta(metaOf(raw.params)), ...context })
}

type OfMeta = Pick<RequestContext, 'progressToken' | 'trace' | 'idempotencyKey'>

function readMeta(meta: JsonObject): OfMeta {
  return {
    progressToken: meta['progressToken'] ?? undefined,
    trace: readTrace(meta),
    idempotencyKey: readIdempotencyKey(meta[IDEMPOTENCY_META]),
  }
}

const MAX_IDEMPOTENCY_KEY_CHARS = 256

function readIdempotencyKey(key: unknown): string | undefined {
  if (key === undefined) return undefined
  if (typeof key === 'string' && key !== '' && key.length <= MAX_IDEMPOTENCY_KEY_CHARS) return key
  throw new GatewayError(
    'INVALID_PARAMS',
    `params._meta["${IDEMPOTENCY_META}"]: must be a string of 1 to ${MAX_IDEMPOTENCY_KEY_CHARS} characters`,
  )
}

function hasMethod(methods: MethodTable, method: string): method is McpMethod {
  return Object.hasOwn(methods, method)
}

/** A request's `_meta`, or nothing when there is none. */
export function metaOf(params: JsonObject): JsonObject {
  const meta = params['_meta']
  return isJsonObject(meta) ? meta : {}
}

/** W3C: `traceparent` has 55 characters in version 00, `baggage` up to 8192. */
const MAX_TRACE_CHARS = 8192

function readTrace(meta: JsonObject): TraceContext | undefined {
  const { traceparent, tracestate, baggage } = meta
  if (traceparent === undefined && baggage === undefined) return undefined
  return {
    traceparent: shortText(traceparent),
    tracestate: shortText(tracestate),
    baggage: shortText(baggage),
  }
}

function shortText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TRACE_CHARS ? value : undefined
}

/** Client text in our messages, cut to a length that fits a log line. */
function clip(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)}…` : text
}
