/**
 * One HTTP body and its headers → one message.
 *
 * The checks run in the order that decides which error a client sees when several apply: JSON,
 * JSON-RPC shape, envelope, version header, `Mcp-Method`, supported revision, missing headers,
 * `Mcp-Name`, method, params. (`Mcp-Param-*` needs the tool's schema: dispatch asks for it.)
 */
import { GatewayError } from '../domain/errors.js'
import { type Claim, readEnvelope, readClaim } from './envelope.js'
import { checkMethodHeader, checkNameHeader, headerValue, readParamHeaders } from './mcp-headers.js'
import type { Era, Message, ProtocolVersion } from './message.js'
import { idOf, parseJson, readRpcMessage, type RpcMessage } from './json-rpc.js'
import {
  ASSUMED_LEGACY,
  isProtocolVersion,
  MODERN_VERSIONS,
  readRequest,
  revisionOf,
} from './revisions.js'

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>

/** What an unrefined legacy client hears of a function's log until it sets a level. */
const LEGACY_LOG_LEVEL = 'info'

/** Never throws: what cannot be served comes back as a refusal. */
export function readHttpMessage(headers: HttpHeaders, body: string): Message {
  let value: unknown
  let era: Era | undefined
  try {
    value = parseJson(body)
    const message = readRpcMessage(value)
    const claim = message.kind === 'request' ? readClaim(message.params) : { kind: 'none' as const }
    era = eraOf(headers, message, claim)
    return era === 'modern' ? readModern(headers, message) : readLegacy(headers, message)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'refused', error, id: idOf(value), era }
  }
}

/** The body decides; without a claim in it the header does, and `initialize` is always legacy. */
function eraOf(headers: HttpHeaders, message: RpcMessage, claim: Claim): Era {
  if (claim.kind !== 'none') return isLegacyVersion(claim.version) ? 'legacy' : 'modern'
  if (message.kind === 'request' && message.method === 'initialize') return 'legacy'
  const header = headerValue(headers, 'mcp-protocol-version')
  return MODERN_VERSIONS.some((version) => version === header) ? 'modern' : 'legacy'
}

function isLegacyVersion(version: unknown): boolean {
  return isProtocolVersion(version) && revisionOf(version).era === 'legacy'
}

function readModern(headers: HttpHeaders, message: RpcMessage): Message {
  if (message.kind === 'response')
    throw new GatewayError('INVALID_REQUEST', 'Responses are not accepted in this revision')
  if (message.kind === 'notification') return { kind: 'notification', notification: message }
  const envelope = readEnvelope(message.params)
  const versionHeader = headerValue(headers, 'mcp-protocol-version')
  if (versionHeader !== undefined && versionHeader !== envelope.version)
    throw mismatch('MCP-Protocol-Version', versionHeader, envelope.version)
  const methodHeader = headerValue(headers, 'mcp-method')
  if (methodHeader !== undefined) checkMethodHeader(methodHeader, message.method)
  const version = supportedVersion(envelope.version)
  requireHeaders(versionHeader, methodHeader)
  checkNameHeader(headers, message)
  const { logLevel } = envelope
  const request = readRequest(revisionOf(version), message, {
    logLevel,
    paramHeaders: readParamHeaders(headers),
  })
  return { kind: 'request', request }
}

function supportedVersion(version: string): ProtocolVersion {
  const found = MODERN_VERSIONS.find((supported) => supported === version)
  if (found !== undefined) return found
  throw unsupportedVersion(version)
}

function requireHeaders(versionHeader: string | undefined, methodHeader: string | undefined): void {
  if (versionHeader === undefined) throw missing('MCP-Protocol-Version')
  if (methodHeader === undefined) throw missing('Mcp-Method')
}

function readLegacy(headers: HttpHeaders, message: RpcMessage): Message {
  const version = headerValue(headers, 'mcp-protocol-version') ?? ASSUMED_LEGACY
  const isHandshake = message.kind === 'request' && message.method === 'initialize'
  if (!isHandshake && !isProtocolVersion(version)) throw unsupportedVersion(version)
  if (message.kind === 'response') return message
  if (message.kind === 'notification') return { kind: 'notification', notification: message }
  const known = isProtocolVersion(version) && !isHandshake ? version : ASSUMED_LEGACY
  const request = readRequest(revisionOf(known), message, { logLevel: LEGACY_LOG_LEVEL })
  return { kind: 'request', request }
}

function unsupportedVersion(requested: string): GatewayError {
  return new GatewayError('UNSUPPORTED_VERSION', `Unsupported protocol version: ${requested}`, {
    data: { supported: MODERN_VERSIONS, requested },
  })
}

function mismatch(header: string, inHeader: string, inBody: string): GatewayError {
  return new GatewayError('HEADER_MISMATCH', `${header}: the header and the body disagree`, {
    data: { mismatch: { header: inHeader, body: inBody } },
  })
}

function missing(header: string): GatewayError {
  return new GatewayError('HEADER_MISMATCH', `${header}: this header is required`)
}
