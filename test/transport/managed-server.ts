/** The real HTTP server with a management API of a few fields, whose answers a test decides on. */
import { createSchema, createYoga } from 'graphql-yoga'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import type { Role } from '../../src/domain/caller.js'
import type { Asker, Management } from '../../src/management/management.js'
import { SIGNING_KEY, type TestGateway } from '../support/gateway.js'
import { createGate, startStreamServer, type StreamServerOptions } from './stream-server.js'

export interface ManagedServer {
  readonly url: string
  /** A GraphQL request, as somebody with that token sends it. */
  ask(query: string, options?: AskOptions): Promise<Response>
  /** Opens what `Query.late` waits for. */
  readonly gate: { open(): void }
  /** Settles when `Query.late` is waiting. */
  readonly lateAsked: Promise<void>
  /** Subscriptions that are heard now. */
  readonly heard: ReadonlySet<object>
  /** Numbers that `Subscription.numbers` has given so far. */
  readonly given: () => number
  close(drainTimeoutMs?: number): Promise<void>
}

export interface AskOptions {
  readonly token?: string | undefined
  /** Default: `/default/graphql`. */
  readonly path?: string | undefined
  readonly accept?: string
  readonly signal?: AbortSignal
}

const typeDefs = /* GraphQL */ `
  type Query {
    asker: String!
    late: String!
  }
  type Subscription {
    "One, and then nothing."
    once: String!
    "As many as are wanted, each with so much text."
    numbers(count: Int!, size: Int!): Numbered!
  }
  type Numbered {
    number: Int!
    text: String!
  }
`

export async function startManagedServer(
  gateway: TestGateway,
  options: StreamServerOptions = {},
): Promise<ManagedServer> {
  const heard = new Set<object>()
  const gate = createGate()
  const lateAsked = createGate()
  let given = 0
  const yoga = createYoga<Asker>({
    logging: false,
    schema: createSchema<Asker>({
      typeDefs,
      resolvers: {
        Query: {
          asker: (_root, _args, { caller, address }) =>
            `${caller.userId} at ${caller.endpointId} from ${address}`,
          late: async () => {
            lateAsked.open()
            await gate.opened
            return 'in the end'
          },
        },
        Subscription: {
          once: { subscribe: (_root, _args, { request }) => hearOnce(heard, request.signal) },
          numbers: {
            subscribe: async function* numbers(_root: unknown, { count, size }: Wanted) {
              for (let number = 0; number < count; number++) {
                given++
                yield { numbers: { number, text: 'x'.repeat(size) } }
              }
            },
          },
        },
      },
    }),
  })
  const management: Management = {
    answer: async (request, asker) => yoga.fetch(request, asker),
  }
  const server = await startStreamServer(gateway, { ...options, parts: { management } })
  return {
    url: server.url,
    gate,
    lateAsked: lateAsked.opened,
    heard,
    given: () => given,
    ask: (query, { token, path = '/default/graphql', accept, signal } = {}) =>
      fetch(new URL(path, server.url), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(accept !== undefined && { accept }),
        },
        body: JSON.stringify({ query }),
        ...(signal && { signal }),
      }),
    close: (drainTimeoutMs) => server.close(drainTimeoutMs),
  }
}

interface Wanted {
  readonly count: number
  readonly size: number
}

/** One event, and then it waits until nobody hears any longer. */
function hearOnce(heard: Set<object>, signal: AbortSignal): AsyncIterableIterator<unknown> {
  const listener = {}
  heard.add(listener)
  const end = () => void heard.delete(listener)
  signal.addEventListener('abort', end)
  let isFirst = true
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    next: async () => {
      if (!isFirst) return new Promise(() => {})
      isFirst = false
      return { done: false, value: { once: 'said' } }
    },
    return: async () => {
      end()
      return { done: true, value: undefined }
    },
  }
}

export function tokenOf(userId: string, role: Role, endpointId = 'default'): Promise<string> {
  const expiresAt = Date.now() + 600_000
  return createLocalTokens(SIGNING_KEY).sign({ userId, endpointId, roles: [role], expiresAt })
}
