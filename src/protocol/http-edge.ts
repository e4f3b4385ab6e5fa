/**
 * One HTTP body and its headers → one message, or one that its session has to read.
 *
 * The checks run in the order that decides which error a client sees when several apply: JSON,
 * JSON-RPC shape, envelope, version header, `Mcp-Method`, supported revision, missing headers,
 * `Mcp-Name`, method, params. (`Mcp-Param-*` needs the tool's schema: dispatch asks for it.)
 */
import { GatewayError } from '../domain/errors.js'
import { refusedBatch } from './batch.js'
import { type Claim, readEnvelope, readClaim } from './envelope.js'
import {
  checkMethodHeader,
  checkNameHeader,
  disagreement,
  headerValue,
  type HttpHeaders,
  missingHeader,
  readParamHeaders,
} from './mcp-headers.js'
import type { Era, Message } from './message.js'
import { idOf, parseJson, readRpcMessage, type RpcMessage } from './json-rpc.js'
import {
  ASSUMED_LEGACY,
  isProtocolVersion,
  MODERN_VERSIONS,
  modernRevision,
  readRequest,
  revisionOf,
} from './revisions.js'
import { type SessionMessage, toSessionMessage } from './session-message.js'

/** Never throws: what cannot be served comes back as a refusal. */
export function readHttpMessage(headers: HttpHeaders, body: string): Message | SessionMessage {
  let value: unknown
  let era: Era | undefined
  try {
    value = parseJson(body)
    if (Array.isArray(value)) return readArray(headers, value)
    const message = readRpcMessage(value)
    const claim =
      message.kind === 'response' ? { kind: 'none' as const } : readClaim(message.params)
    era = eraOf(headers, message, claim)
    if (era === 'modern') return readModern(headers, message)
    return isHandshake(message) ? readHandshake(message) : toSessionMessage(headers, value)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'refused', error, id: idOf(value), era }
  }
}

/** The body decides; without a claim in it the header does, and `initialize` is always legacy. */
function eraOf(headers: HttpHeaders, message: RpcMessage, claim: Claim): Era {
  if (claim.kind !== 'none') return isLegacyVersion(claim.version) ? 'legacy' : 'modern'
  return !isHandshake(message) && isModernHeader(headers) ? 'modern' : 'legacy'
}

/** True when the version header names a revision without sessions. */
export function isModernHeader(headers: HttpHeaders): boolean {
  const header = headerValue(headers, 'mcp-protocol-version')
  return MODERN_VERSIONS.some((version) => version === header)
}

type RpcRequest = Extract<RpcMessage, { kind: 'request' }>

function isHandshake(message: RpcMessage): message is RpcRequest {
  return message.kind === 'request' && message.method === 'initialize'
}

function readArray(headers: HttpHeaders, members: readonly unknown[]): SessionMessage {
  if (isModernHeader(headers)) throw refusedBatch()
  return toSessionMessage(headers, members)
}

/** Every legacy revision asks for the same; which one is spoken then, the handler settles. */
function readHandshake(message: RpcRequest): Message {
  return { kind: 'request', request: readRequest(revisionOf(ASSUMED_LEGACY), message, {}) }
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
    throw disagreement('MCP-Protocol-Version', versionHeader, envelope.version)
  const methodHeader = headerValue(headers, 'mcp-method')
  if (methodHeader !== undefined) checkMethodHeader(methodHeader, message.method)
  const revision = modernRevision(envelope.version)
  requireHeaders(versionHeader, methodHeader)
  checkNameHeader(headers, message)
  const { logLevel, clientCapabilities } = envelope
  const paramHeaders = readParamHeaders(headers)
  const request = readRequest(revision, message, { logLevel, clientCapabilities, paramHeaders })
  return { kind: 'request', request }
}

function requireHeaders(versionHeader: string | undefined, methodHeader: string | undefined): void {
  if (versionHeader === undefined) throw missingHeader('MCP-Protocol-Version')
  if (methodHeader === undefined) throw missingHeader('Mcp-Method')
}
