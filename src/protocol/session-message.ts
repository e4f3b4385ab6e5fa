/**
 * A legacy HTTP body: its session, which has to be found first, says how it is read. The session's
 * revision is what counts; the version header may repeat it and may not differ from it.
 */
import { GatewayError } from '../domain/errors.js'
import type { LogLevel } from '../domain/log-level.js'
import type { Session } from '../domain/session.js'
import { readBatch } from './batch.js'
import { idOf, readRpcMessage, type RpcMessage } from './json-rpc.js'
import { type HttpHeaders, headerValue } from './mcp-headers.js'
import type { Batch, Message, RequestId } from './message.js'
import {
  isProtocolVersion,
  readRequest,
  type Revision,
  revisionOf,
  unsupportedVersion,
} from './revisions.js'

/** A message that cannot be read without its session. */
export interface SessionMessage {
  readonly kind: 'session'
  /** The `Mcp-Session-Id` header. */
  readonly token: string | undefined
  /** For the answer when there is no such session. */
  readonly id?: RequestId | undefined
  /** More than one in a batch. */
  readonly messages: number
  /** Never throws: what cannot be served comes back as a refusal. */
  read(session: Session, logLevel: LogLevel): Message | Batch
}

/**
 * @param value a JSON-RPC message, or an array
 * @throws GatewayError `UNSUPPORTED_VERSION` when the version header names a revision that nobody
 * knows
 */
export function toSessionMessage(headers: HttpHeaders, value: unknown): SessionMessage {
  const version = headerValue(headers, 'mcp-protocol-version')
  if (version !== undefined && !isProtocolVersion(version)) throw unsupportedVersion(version)
  return {
    kind: 'session',
    token: headerValue(headers, 'mcp-session-id'),
    id: idOf(value),
    messages: Array.isArray(value) ? Math.max(1, value.length) : 1,
    read: (session, logLevel) => {
      try {
        checkSessionVersion(headers, session)
        return readIn({ session, logLevel }, value)
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        return { kind: 'refused', error, id: idOf(value), era: 'legacy' }
      }
    },
  }
}

/** @throws GatewayError `INVALID_REQUEST` when the header names another revision than the session's */
export function checkSessionVersion(headers: HttpHeaders, { version }: Session): void {
  const header = headerValue(headers, 'mcp-protocol-version')
  if (header === undefined || header === version) return
  throw new GatewayError(
    'INVALID_REQUEST',
    `MCP-Protocol-Version: this session speaks ${version}, as initialize has settled`,
  )
}

interface Terms {
  readonly session: Session
  readonly logLevel: LogLevel
}

function readIn(terms: Terms, value: unknown): Message | Batch {
  const revision = sessionRevision(terms.session)
  const readOne = (message: RpcMessage): Message => {
    if (message.kind === 'response') return message
    if (message.kind === 'notification') return { kind: 'notification', notification: message }
    return { kind: 'request', request: readRequest(revision, message, terms) }
  }
  if (Array.isArray(value)) return readBatch(value, revision.version, readOne)
  return readOne(readRpcMessage(value))
}

/** Another release may have settled on a revision that this one does not speak. */
function sessionRevision({ version }: Session): Revision {
  if (isProtocolVersion(version)) return revisionOf(version)
  throw new GatewayError('SESSION_NOT_FOUND', 'Mcp-Session-Id: its revision is not spoken here')
}
