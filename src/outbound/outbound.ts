/**
 * What may a bundle's code reach on the network? The front door of the room: a `fetch` that the
 * gateway runs for it, to public addresses only.
 *
 * What counts is the address that is connected to, not the name: each hop of a redirect and each
 * answer of DNS is looked at where the connection is made, so nothing can change in between.
 */
import type { FetchRequestHead, FetchResponseHead } from '../domain/outbound-fetch.js'

export interface OutboundRequest extends FetchRequestHead {
  readonly body?: Uint8Array | undefined
}

export interface OutboundResponse extends FetchResponseHead {
  readonly body: Uint8Array
}

export interface Outbound {
  /**
   * @throws GatewayError `OUTBOUND_REFUSED` for what may not be reached; `OUTBOUND_FAILED` for what
   * did not answer, or with more than is taken
   */
  fetch(request: OutboundRequest, signal: AbortSignal): Promise<OutboundResponse>
  close(): Promise<void>
}

/** One that is opened by its first use, so that what it needs is not loaded before. */
export function createDeferredOutbound(open: () => Promise<Outbound>): Outbound {
  let opening: Promise<Outbound> | undefined
  return {
    fetch: async (request, signal) => {
      opening ??= open()
      return (await opening).fetch(request, signal)
    },
    close: async () => (await opening)?.close(),
  }
}
