import { negotiateLegacy, type ServerInfo } from '../protocol/protocol.js'
import { CAPABILITIES } from './capabilities.js'
import type { Handler } from './handler.js'

/** The handshake of the legacy revisions; HTTP opens a session with what it settles. */
export function createInitialize(server: ServerInfo): Handler<'initialize'> {
  return (_caller, { params }) => ({
    protocolVersion: negotiateLegacy(params.protocolVersion),
    capabilities: CAPABILITIES,
    serverInfo: server,
  })
}
