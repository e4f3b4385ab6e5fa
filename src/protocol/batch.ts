/** Several messages in one JSON array: only revision 2025-03-26 has them. */
import { GatewayError } from '../domain/errors.js'
import { readClaim } from './envelope.js'
import { idOf, readRpcMessage, type RpcMessage } from './json-rpc.js'
import type { Batch, Message, ProtocolVersion } from './message.js'

const BATCH_VERSION: ProtocolVersion = '2025-03-26'
const MAX_MESSAGES = 100

/**
 * @param version that was settled on, or undefined where none was
 * @param readOne reads a member in the terms of the conversation; what it throws refuses that one
 * @throws GatewayError `INVALID_REQUEST` when the array as a whole is refused
 */
export function readBatch(
  members: readonly unknown[],
  version: string | undefined,
  readOne: (message: RpcMessage) => Message,
): Batch {
  if (version !== BATCH_VERSION) throw refusedBatch()
  if (members.length === 0 || members.length > MAX_MESSAGES)
    throw invalid(`A batch must hold 1 to ${MAX_MESSAGES} messages`)
  return { kind: 'batch', messages: members.map((member) => readMember(member, readOne)) }
}

export function refusedBatch(): GatewayError {
  return invalid(`Batches are served in revision ${BATCH_VERSION} only: send one message at a time`)
}

function readMember(member: unknown, readOne: (message: RpcMessage) => Message): Message {
  try {
    const message = readRpcMessage(member)
    if (message.kind === 'request') refuseLoner(message)
    return readOne(message)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'refused', error, id: idOf(member), era: 'legacy' }
  }
}

/** A handshake settles what the others are read as; a modern request stands alone. */
function refuseLoner({ method, params }: Extract<RpcMessage, { kind: 'request' }>): void {
  if (method === 'initialize') throw invalid('initialize: must not be part of a batch')
  if (readClaim(params).kind === 'claimed')
    throw invalid('A request that names its own revision must not be part of a batch')
}

function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_REQUEST', message)
}
