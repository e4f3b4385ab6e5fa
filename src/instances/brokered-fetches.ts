/** What the code of one instance fetches through the gateway. */
import { GatewayError } from '../domain/errors.js'
import type { FetchReply, FetchRequest } from '../function-host/function-host.js'
import type { Outbound } from '../outbound/outbound.js'
import type { Log } from '../telemetry/telemetry.js'

export interface BrokeredFetches {
  /** @param request undefined: nobody waits for it any longer */
  take(number: number, request: FetchRequest | undefined): void
  /** The instance is gone. */
  close(): void
}

export interface FetchesOptions {
  /** Absent where the code may reach nothing. */
  readonly outbound: Outbound | undefined
  readonly answer: (number: number, reply: FetchReply) => void
  readonly log: Log
}

/** Of one instance at a time. */
const MAX_FETCHES = 32

export function createBrokeredFetches({ outbound, answer, log }: FetchesOptions): BrokeredFetches {
  const running = new Map<number, AbortController>()

  const run = async (number: number, request: FetchRequest): Promise<FetchReply> => {
    if (outbound === undefined) return { refusal: 'fetch: this module has no network' }
    if (running.size >= MAX_FETCHES) return { refusal: `fetch: ${MAX_FETCHES} run already` }
    const controller = new AbortController()
    running.set(number, controller)
    try {
      const { bodyBase64, ...rest } = request
      const body = bodyBase64 === undefined ? undefined : Buffer.from(bodyBase64, 'base64')
      const { body: bytes, ...response } = await outbound.fetch(
        { ...rest, body },
        controller.signal,
      )
      return { ...response, bodyBase64: Buffer.from(bytes).toString('base64') }
    } catch (error) {
      return { refusal: toRefusal(error, log) }
    } finally {
      running.delete(number)
    }
  }
  return {
    take(number, request) {
      if (request === undefined) running.get(number)?.abort()
      else void run(number, request).then((reply) => answer(number, reply))
    },
    close() {
      for (const controller of running.values()) controller.abort()
    },
  }
}

function toRefusal(error: unknown, log: Log): string {
  if (error instanceof GatewayError) return error.message
  log.error({ err: error }, 'a fetch for a bundle failed with an unknown error')
  return 'fetch: it failed'
}
