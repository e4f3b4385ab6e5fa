/** A client of 2026-07-28 that keeps a `subscriptions/listen` open, frame by frame. */
import { onTestFinished } from 'vitest'
import type { Notice } from '../../src/domain/notice.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import type { TestGateway } from '../support/gateway.js'
import { modernRequest } from '../support/modern-post.js'

export interface Frame {
  readonly id?: string | number
  readonly method?: string
  readonly params?: Record<string, unknown>
  readonly result?: Record<string, unknown>
  readonly error?: { readonly code: number; readonly message: string }
}

export interface ListenOptions {
  readonly token: string
  readonly notifications: object
  readonly id?: string | number
  readonly endpointId?: string
  readonly capabilities?: object
}

export interface Listening {
  readonly status: number
  /** @returns undefined when the stream has ended */
  next(): Promise<Frame | undefined>
  /** The client goes. */
  leave(): void
}

export const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId'

export async function listen(url: string, options: ListenOptions): Promise<Listening> {
  const { notifications, endpointId = 'default', ...request } = options
  const controller = new AbortController()
  const response = await fetch(`${url}/${endpointId}/mcp`, {
    ...modernRequest('subscriptions/listen', { notifications }, request),
    signal: controller.signal,
  })
  const frames = readFrames(response)
  return {
    status: response.status,
    next: async () => (await frames.next()).value ?? undefined,
    leave: () => controller.abort(),
  }
}

/** A stream whose acknowledgement has come; it ends with its test. */
export async function openListening({ url }: Pick<TestGateway, 'url'>, options: ListenOptions) {
  const listening = await listen(url, options)
  onTestFinished(() => listening.leave())
  return { ...listening, acknowledged: await listening.next() }
}

export const methodOf = async (listening: Pick<Listening, 'next'>) =>
  (await listening.next())?.method

/** Tells what functions and bundles tell. */
export const announceAt = (
  { parts }: Pick<TestGateway, 'parts'>,
  notice: Notice,
  endpointId = 'default',
) => createEndpointSignals(parts.events, silentLog).send(endpointId, notice)

export const listChanged = (list: 'tools' | 'prompts' | 'resources'): Notice => ({
  type: 'list.changed',
  list,
})

export const resourceUpdated = (uri: string, userId?: string): Notice => ({
  type: 'resource.updated',
  uri,
  userId,
})

async function* readFrames(response: Response): AsyncGenerator<Frame, undefined> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (!isStream || response.body === null) {
    yield (await response.json()) as Frame
    return undefined
  }
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Frame
    }
  }
  return undefined
}
