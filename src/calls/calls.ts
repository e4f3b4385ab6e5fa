/** What was called, by whom, with what result? The front door of the room. */
import type { CallRecord } from '../domain/call.js'

export interface Calls {
  /**
   * Writes a call that has ended, once: settles when the record is durable.
   *
   * @throws GatewayError `NOT_RECORDED` when the database does not take it; the function has run
   */
  finish(call: CallRecord): Promise<void>

  /** One call of the endpoint with its arguments and content, or undefined. */
  read(endpointId: string, callId: string): Promise<CallRecord | undefined>
}
