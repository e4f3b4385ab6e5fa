/** An answer as an event stream, read as it comes. */

export interface RpcMessage {
  readonly id?: string | number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
}

export interface SseFrame {
  readonly id?: string | undefined
  readonly retry?: string | undefined
  /** Absent in an event without data, and in a comment. */
  readonly message?: RpcMessage | undefined
  readonly isComment?: boolean | undefined
}

/** Every frame, the empty events and comments among them. */
export async function* framesOf(response: Response): AsyncGenerator<SseFrame, undefined> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    yield* frames.map(toFrame)
  }
  if (text !== '') throw new Error(`half a frame: ${text}`)
  return undefined
}

/** The messages alone. */
export async function* messagesOf(response: Response): AsyncGenerator<RpcMessage, undefined> {
  for await (const { message } of framesOf(response)) if (message !== undefined) yield message
  return undefined
}

/** @throws when the stream has ended */
export async function next<Item>(items: AsyncGenerator<Item, undefined>): Promise<Item> {
  const { done, value } = await items.next()
  if (done || value === undefined) throw new Error('the stream has ended')
  return value
}

export async function rest<Item>(items: AsyncGenerator<Item, undefined>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The answer to one request, which may come in either form. */
export async function answerOf(response: Response): Promise<RpcMessage> {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('text/event-stream')) return (await response.json()) as RpcMessage
  const last = (await rest(messagesOf(response))).at(-1)
  if (last === undefined) throw new Error('the stream ended without an answer')
  return last
}

function toFrame(frame: string): SseFrame {
  const lines = frame.split('\n')
  const field = (name: string) =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim()
  const data = field('data')
  return {
    id: field('id'),
    retry: field('retry'),
    message: data === undefined || data === '' ? undefined : (JSON.parse(data) as RpcMessage),
    isComment: lines.every((line) => line.startsWith(':')),
  }
}
