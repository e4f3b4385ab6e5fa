/**
 * What do bytes on the MCP wire mean, in each revision? The front door of the room: pure, no I/O.
 *
 * Every message is classified once, at the edge (`readHttpMessage`, `readStdioMessage`), into one
 * internal request; `toAnswer` and `toErrorAnswer` are the way back. A revision is one file,
 * `revision-*.ts`: a method that it lacks is simply absent from its table.
 */
export type { ServerInfo } from './revision.js'
export { isKnownCode } from './rpc-errors.js'
export { toAnswer, toErrorAnswer, toErrorObject, toNotification, toRequest } from './answers.js'
export { type Change, toChangeNotification } from './change-notification.js'
export { isModernHeader, readHttpMessage } from './http-edge.js'
export type { HttpHeaders } from './mcp-headers.js'
export {
  type Batch,
  type JsonObject,
  type ListenFilter,
  type McpMethod,
  type McpRequest,
  type Message,
  type ProtocolVersion,
  type RequestId,
  type RequestOf,
  type RpcResponse,
  type TraceContext,
} from './message.js'
export { toInputRequired } from './input-required.js'
export { toTaskResult } from './task-result.js'
export { MAX_REQUEST_STATE_CHARS } from './params.js'
export { checkParamHeaders } from './param-headers.js'
export { MODERN_VERSIONS, negotiateLegacy } from './revisions.js'
export { checkSessionVersion, type SessionMessage } from './session-message.js'
export { isRequestId } from './json-rpc.js'
export { createStdioSession } from './stdio-edge.js'
