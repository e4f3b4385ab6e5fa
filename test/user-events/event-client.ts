/** One client of an event stream, which reads it as it comes. */
import type { TestGateway } from '../support/gateway.js'

export interface Told {
  readonly id: string
  readonly name: string
  readonly data: { readonly type: string } & Readonly<Record<string, unknown>>
}

export interface EventClient {
  readonly response: Response
  /** Where its stream began. */
  readonly placeId: string
  /** @throws when the stream ends first */
  next(): Promise<Told>
  /** The next one of that type; others are passed over. */
  nextOf(type: string): Promise<Told>
  /** Everything up to the end of the stream. */
  rest(): Promise<Told[]>
  close(): void
}

export interface EventClientOptions {
  readonly token?: string | undefined
  readonly endpointId?: string | undefined
  readonly query?: string | undefined
  readonly lastEventId?: string | undefined
}

export function openStream(
  { url }: Pick<TestGateway, 'url'>,
  { token, endpointId = 'default', query = '', lastEventId }: EventClientOptions,
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(new URL(`/${endpointId}/events${query}`, url), {
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    ...(signal && { signal }),
  })
}

export async function listen(
  gateway: Pick<TestGateway, 'url'>,
  options: EventClientOptions,
): Promise<EventClient> {
  const controller = new AbortController()
  const response = await openStream(gateway, options, controller.signal)
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  const blocks = blocksOf(response)
  const first = await blocks.next()
  const placeId = field(first.value ?? '', 'id') ?? ''
  const next = async () => {
    for (;;) {
      const { done, value } = await blocks.next()
      if (done || value === undefined) throw new Error('the stream has ended')
      const told = toTold(value)
      if (told !== undefined) return told
    }
  }
  return {
    response,
    placeId,
    next,
    async nextOf(type) {
      for (;;) {
        const told = await next()
        if (told.name === type) return told
      }
    },
    async rest() {
      const all: Told[] = []
      for await (const block of blocks) {
        const told = toTold(block)
        if (told !== undefined) all.push(told)
      }
      return all
    },
    close: () => controller.abort(),
  }
}

async function* blocksOf(response: Response): AsyncGenerator<string, undefined> {
  let text = ''
  try {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      yield* blocks
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
  }
  return undefined
}

function toTold(block: string): Told | undefined {
  const data = field(block, 'data')
  if (data === undefined) return undefined
  return { id: field(block, 'id') ?? '', name: field(block, 'event') ?? '', data: JSON.parse(data) }
}

function field(block: string, name: string): string | undefined {
  const line = block.split('\n').find((each) => each.startsWith(`${name}: `))
  return line?.slice(name.length + 2)
}
