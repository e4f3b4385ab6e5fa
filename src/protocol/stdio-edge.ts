/** One line of stdin → one message. One client, so its handshake is remembered here. */
import { GatewayError } from '../domain/errors.js'
import type { LogLevel } from '../domain/log-level.js'
import { readBatch } from './batch.js'
import { readClaim, readEnvelope } from './envelope.js'
import { idOf, parseJson, readRpcMessage, type RpcMessage } from './json-rpc.js'
import type { Batch, Era, Message, ProtocolVersion } from './message.js'
import type { RawRequest } from './params.js'
import {
  ASSUMED_LEGACY,
  modernRevision,
  negotiateLegacy,
  readRequest,
  revisionOf,
} from './revisions.js'

export interface StdioSession {
  /** Never throws: what cannot be served comes back as a refusal. */
  read(line: string): Message | Batch
}

export function createStdioSession(): StdioSession {
  let version: ProtocolVersion | undefined
  let logLevel: LogLevel = 'info'

  const readLegacy = (message: RpcMessage): Message => {
    if (message.kind !== 'request') return toMessage(message)
    const request = readRequest(revisionOf(version ?? ASSUMED_LEGACY), message, { logLevel })
    if (request.method === 'initialize') version = negotiateLegacy(request.params.protocolVersion)
    if (request.method === 'logging/setLevel') logLevel = request.params.level
    return { kind: 'request', request }
  }

  return {
    read: (line) => {
      let value: unknown
      let era: Era | undefined
      try {
        value = parseJson(line)
        if (Array.isArray(value)) return readBatch(value, version, readLegacy)
        const message = readRpcMessage(value)
        if (message.kind !== 'request') return toMessage(message)
        const claim = readClaim(message.params)
        era = claim.kind === 'none' ? 'legacy' : 'modern'
        return era === 'legacy' ? readLegacy(message) : readModern(message)
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error
        return { kind: 'refused', error, id: idOf(value), era }
      }
    },
  }
}

function toMessage(message: Exclude<RpcMessage, { kind: 'request' }>): Message {
  if (message.kind === 'response') return message
  return { kind: 'notification', notification: message }
}

function readModern(message: RawRequest): Message {
  const { version, logLevel, clientCapabilities } = readEnvelope(message.params)
  const request = readRequest(modernRevision(version), message, { logLevel, clientCapabilities })
  return { kind: 'request', request }
}
