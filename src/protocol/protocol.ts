/**
 * What do bytes on the MCP wire mean, in each revision? The front door of the room: pure, no I/O.
 *
 * Every message is classified once, at the edge (`readHttpMessage`, `readStdioMessage`), into one
 * internal request; `toAnswer` and `toErrorAnswer` are the way back. A revision is one file,
 * `revision-*.ts`: a method that it lacks is simply absent from its table.
 */
export type { ServerInfo } from './revision.js'
export { toAnswer, toErrorAnswer, toNotification } from './answers.js'
export { readHttpMessage } from './http-edge.js'
export {
  type JsonObject,
  type McpMethod,
  type McpRequest,
  type Message,
  type RequestId,
  type RequestOf,
} from './message.js'
export { checkParamHeaders } from './param-headers.js'
export { MODERN_VERSIONS, negotiateLegacy } from './revisions.js'
export { createStdioSession } from './stdio-edge.js'
