import { once } from 'node:events'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'

export interface RawRequest {
  readonly socketPath?: string | undefined
  readonly port?: number | undefined
  readonly method?: string
  readonly path?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
}

/** A request as it is, where the SDK would not send such a one. */
export async function sendRaw({ body, ...options }: RawRequest) {
  const sent = request(options)
  const answered = once(sent, 'response')
  sent.end(body)
  const [response] = (await answered) as [IncomingMessage]
  return { status: response.statusCode, text: await text(response) }
}
