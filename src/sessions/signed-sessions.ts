/** Sessions as signed tokens, with what changes of them in the state store. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateStore } from '../domain/state-store.js'
import { readCapabilities } from './client-capabilities.js'
import { deriveSessionKeys, type SessionSecret } from './session-keys.js'
import { sessionNotFound } from './session-not-found.js'
import { createSessionNotes, type Notes } from './session-notes.js'
import { signSession, verifySession } from './session-token.js'
import type { Sessions } from './sessions.js'

export interface SignedSessionsOptions {
  readonly state: StateStore
  /** The first one signs, all of them verify. */
  readonly secrets: readonly SessionSecret[]
  /** How long a session lasts, in milliseconds. */
  readonly ttlMs: number
  readonly clock: Clock
}

const NONCE_BYTES = 16

/** Of a client's name and of its version. */
const MAX_CLIENT_CHARS = 64

const MAX_SUBSCRIPTIONS = 256
/** Of all subscriptions of a session, as JSON. */
const MAX_SUBSCRIPTION_BYTES = 32 * 1024

export function createSignedSessions(options: SignedSessionsOptions): Sessions {
  const { ttlMs, clock } = options
  const keys = deriveSessionKeys(options.secrets)
  const notes = createSessionNotes(options)
  return {
    open: async ({ endpointId, userId }, { version, capabilities, clientInfo }) => {
      const session = {
        id: randomBytes(NONCE_BYTES).toString('base64url'),
        endpointId,
        userId,
        version,
        capabilities: readCapabilities(capabilities),
        client: { name: cut(clientInfo['name']), version: cut(clientInfo['version']) },
        expiresAt: Math.ceil((clock.now() + ttlMs) / 1000) * 1000,
      }
      return signSession(session, keys)
    },

    find: async (caller, token) => {
      if (token === undefined || token === '')
        throw new GatewayError(
          'SESSION_REQUIRED',
          'Mcp-Session-Id: this header is required; initialize answers with it',
        )
      const session = verifySession(token, caller, keys)
      if (session === undefined || session.expiresAt <= clock.now()) throw sessionNotFound()
      if ((await notes.read(session)).isTerminated) throw sessionNotFound()
      return session
    },

    terminate: (session) =>
      notes.change(session, () => ({ isTerminated: true, subscriptions: [] })),

    setLogLevel: (session, level) =>
      notes.change(session, (before) =>
        before.logLevel === level ? before : { ...before, logLevel: level },
      ),
    logLevel: async (session) => (await notes.read(session)).logLevel,

    setSubscribed: (session, uri, isSubscribed) =>
      notes.change(session, (before) => withSubscription(before, uri, isSubscribed)),
    subscriptions: async (session) => new Set((await notes.read(session)).subscriptions),

    forget: (session) => notes.forget(session),
  }
}

function withSubscription(before: Notes, uri: string, isSubscribed: boolean): Notes {
  if (before.subscriptions.includes(uri) === isSubscribed) return before
  const others = before.subscriptions.filter((other) => other !== uri)
  const subscriptions = isSubscribed ? [...others, uri] : others
  if (isSubscribed) refuseTooMany(subscriptions)
  return { ...before, subscriptions }
}

function refuseTooMany(subscriptions: readonly string[]): void {
  if (subscriptions.length > MAX_SUBSCRIPTIONS)
    throw new GatewayError(
      'INVALID_PARAMS',
      `params.uri: a session may have ${MAX_SUBSCRIPTIONS} subscriptions`,
    )
  if (Buffer.byteLength(JSON.stringify(subscriptions)) > MAX_SUBSCRIPTION_BYTES)
    throw new GatewayError(
      'INVALID_PARAMS',
      `params.uri: the subscriptions of a session may have ${MAX_SUBSCRIPTION_BYTES} bytes in all`,
    )
}

/** Whole characters, so that none is left in half. */
function cut(text: unknown): string {
  if (typeof text !== 'string') return ''
  return Array.from(text.slice(0, 2 * MAX_CLIENT_CHARS))
    .slice(0, MAX_CLIENT_CHARS)
    .join('')
}
