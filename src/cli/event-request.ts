/** One connection to a gateway's event stream, up to its end. */
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import { toPrintable } from './printable.js'
import { createSseReader, type SseBlock } from './sse-reader.js'

export interface EventRequest {
  readonly token: string
  /** The last one that was seen. */
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal
}

/** It may be tried again: the message says why it ended. */
export class StreamCut extends Error {
  override readonly name = 'StreamCut'
  /** What the server asked for, in milliseconds; 0 when it did not. */
  readonly retryAfterMs: number

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options)
    this.retryAfterMs = options.retryAfterMs ?? 0
  }
}

/** A gateway shows every 15 s that it lives; after this many milliseconds it does not. */
const SILENT_MS = 60_000

/** Of what a server says beside a refusal. */
const MAX_WORDS_BYTES = 16 * 1024
const MAX_WORDS_CHARS = 1000

/**
 * The blocks of one connection. It never ends by itself: it throws.
 *
 * @throws StreamCut when it was cut or the server cannot be reached or is busy; GatewayError
 * `EVENTS_UNAVAILABLE` with the server's words when it was refused; `BODY_TOO_LARGE`
 */
export async function* openEvents(
  url: URL,
  { token, lastEventId, signal }: EventRequest,
): AsyncGenerator<SseBlock, never> {
  const silence = createSilence(SILENT_MS)
  const response = await orCut(() =>
    silence.watch(
      fetch(url, {
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${token}`,
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
        // Elsewhere the token has no business.
        redirect: 'manual',
        signal: AbortSignal.any([signal, silence.signal]),
      }),
    ),
  )
  const body = await silence.watch(bodyOf(url, response))
  const sse = createSseReader()
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await orCut(() => silence.watch(reader.read()))
      if (done) throw new StreamCut('the server ended it')
      yield* sse.read(value)
    }
  } finally {
    // However it ends, the connection ends with it.
    await reader.cancel().catch(() => undefined)
  }
}

/** Aborts when what is watched takes too long; between two of them no time counts. */
function createSilence(afterMs: number) {
  const controller = new AbortController()
  return {
    signal: controller.signal,
    async watch<Answer>(answer: Promise<Answer>): Promise<Answer> {
      const silent = new StreamCut('the server is silent')
      const timer = setTimeout(() => controller.abort(silent), afterMs)
      try {
        return await answer
      } finally {
        clearTimeout(timer)
      }
    },
  }
}

async function orCut<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof StreamCut) throw error
    throw new StreamCut(reasonOf(error), { cause: error })
  }
}

/** `fetch` says that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  const code = 'code' in cause ? String(cause.code) : ''
  return cause.message || code || error.message
}

async function bodyOf(url: URL, response: Response): Promise<ReadableStream<Uint8Array>> {
  const { status, headers, body } = response
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  if (status === 200 && isStream && body !== null) return body
  const words = await readWords(body)
  const said = `it answered ${status}${words && `: ${words}`}`
  if (status === 429 || status >= 500)
    throw new StreamCut(said, { retryAfterMs: Number(headers.get('retry-after')) * 1000 || 0 })
  const message =
    status === 200 ? 'it answered with something else than an event stream of a gateway' : said
  throw new GatewayError('EVENTS_UNAVAILABLE', `${url.origin}: ${message}`)
}

/** What a server says of a refusal: the message in its JSON, or else its text. */
async function readWords(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const text = await readStart(body)
  const words = toWords(text) ?? text
  return toPrintable(words.trim().slice(0, MAX_WORDS_CHARS))
}

async function readStart(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_WORDS_BYTES) break
    }
  } catch {
    // What has come is told.
  }
  return Buffer.concat(chunks).subarray(0, MAX_WORDS_BYTES).toString()
}

function toWords(text: string): string | undefined {
  try {
    const json: unknown = JSON.parse(text)
    const error = isJsonObject(json) ? json['error'] : undefined
    const words = isJsonObject(error) ? error['message'] : error
    return typeof words === 'string' ? words : undefined
  } catch {
    return undefined
  }
}
