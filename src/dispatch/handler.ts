/** What a method's handler is given and gives. */
import type { Snapshot } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import type { JsonObject, McpMethod, RequestOf } from '../protocol/protocol.js'

export type Handler<M extends McpMethod> = (
  caller: Caller,
  request: RequestOf<M>,
  exchange: Exchange,
) => JsonObject | Promise<JsonObject>

/** What the caller may know of his endpoint's functions: there is no other way to them. */
export type Visible = (caller: Caller) => Promise<Snapshot>

/** What belongs to one request while it runs. */
export interface Exchange {
  /** Aborted when the client cancels, or is gone in a revision where that means the same. */
  readonly signal: AbortSignal
  /** Aborted when the server stops: what only listens answers then. */
  readonly closing: AbortSignal
  /**
   * Closes the connection while the request goes on; the client comes back for the rest of the
   * stream. Absent where it could not.
   */
  readonly closeStream?: (() => void) | undefined
  /** Sends a JSON-RPC notification ahead of the answer; nothing after it. */
  notify(notification: JsonObject): void
  /**
   * Sends the client a request and waits for its result; absent where the client takes none.
   *
   * @param signal ends the waiting; the client is told
   * @throws GatewayError that the client refused, was not asked or has gone
   */
  readonly ask?:
    | ((method: string, params: JsonObject, signal: AbortSignal) => Promise<unknown>)
    | undefined
}
