/** A subscription of the management API, read event after event. */
import type { AnswerError } from './management.js'

export interface Subscribed<Data> {
  /** The next event's data. @throws with what the API says when it is an error; when it has ended */
  next(): Promise<Data>
  /** The errors of the next event. */
  nextErrors(): Promise<readonly AnswerError[]>
  /** Goes away. */
  leave(): void
}

interface Subscription {
  /** Of an endpoint at a gateway: `${url}/acme`. */
  readonly url: string
  readonly token: string
  readonly query: string
  readonly variables?: object
}

interface Payload<Data> {
  readonly data?: Data | null
  readonly errors?: readonly AnswerError[]
}

/** @returns when the answer has begun: what happens from then on is told */
export async function subscribeTo<Data>({
  url,
  token,
  query,
  variables = {},
}: Subscription): Promise<Subscribed<Data>> {
  const gone = new AbortController()
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ query, variables }),
    signal: gone.signal,
  })
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
  const payloads = payloadsOf<Data>(response)
  const nextPayload = async () => {
    const { done, value } = await payloads.next()
    if (done || value === undefined) throw new Error('the subscription has ended')
    return value
  }
  return {
    next: async () => {
      const { data, errors } = await nextPayload()
      if (data === null || data === undefined) throw new Error(JSON.stringify(errors))
      return data
    },
    nextErrors: async () => (await nextPayload()).errors ?? [],
    leave: () => gone.abort(),
  }
}

async function* payloadsOf<Data>(response: Response): AsyncGenerator<Payload<Data>, undefined> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    const frames = text.split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const data = frame.split('\n').find((line) => line.startsWith('data: '))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the test has asked
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Payload<Data>
    }
  }
  return undefined
}
