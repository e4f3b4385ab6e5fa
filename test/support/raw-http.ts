/** HTTP as it is sent, without a client that would mend it: any header, any body, one answer. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http'

export type RawHeaders = readonly (readonly [name: string, value: string])[]

export interface RawRequest {
  readonly method?: string | undefined
  readonly headers: RawHeaders
  readonly body: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Empty when there is no body. */
  readonly text: string
  /** The JSON of the body, or of the stream's last message; undefined when there is none. */
  readonly message: unknown
}

export interface RawHttp {
  /** @param isEndless true stops reading a stream at its first message */
  send(url: string, raw: RawRequest, isEndless?: boolean): Promise<RawAnswer>
  close(): void
}

export function createRawHttp(): RawHttp {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  return {
    send: (url, raw, isEndless = false) => exchange(url, raw, { agent, isEndless }),
    close: () => agent.destroy(),
  }
}

interface ExchangeOptions {
  readonly agent: Agent
  readonly isEndless: boolean
}

function exchange(url: string, raw: RawRequest, options: ExchangeOptions): Promise<RawAnswer> {
  const { agent, isEndless } = options
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: raw.method ?? 'POST', agent })
    for (const [name, value] of raw.headers) outgoing.setHeader(name, value)
    if (raw.method !== 'GET') outgoing.setHeader('Content-Length', Buffer.byteLength(raw.body))
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const { statusCode: status = 0, headers } = incoming
      let text = ''
      const end = () => resolve({ status, headers, text, message: readMessage(headers, text) })
      incoming.setEncoding('utf8')
      incoming.on('error', reject)
      incoming.on('end', end)
      incoming.on('data', (chunk: string) => {
        text += chunk
        if (!isEndless || readMessage(headers, text) === undefined) return
        end()
        incoming.removeListener('error', reject)
        incoming.on('error', () => undefined)
        outgoing.destroy()
      })
    })
    outgoing.end(raw.body)
  })
}

function readMessage(headers: IncomingHttpHeaders, text: string): unknown {
  const type = headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return parseWhole(text)
  if (!type.startsWith('text/event-stream')) return undefined
  const events = text.split(/\r?\n\r?\n/).slice(0, -1)
  const last = events.map(toEventText).findLast((eventText) => eventText !== '')
  return last === undefined ? undefined : JSON.parse(last)
}

/** A piece of a body that has not arrived whole is no message yet. */
function parseWhole(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A priming event has no data. */
function toEventText(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trim())
    .join('\n')
}
