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
  const answered = once(sent, 'response').then(readAnswer)
  const finished = once(sent, 'finish')
  sent.end(body)
  // A refusal may come before the whole body is sent; the engine reads the rest away.
  const [answer] = await Promise.all([answered, finished])
  return answer
}

async function readAnswer([response]: IncomingMessage[]) {
  return { status: response?.statusCode, text: response ? await text(response) : '' }
}
