/** One client's conversation in a revision with a handshake. */
import type { EndpointId } from './tenant.js'

/**
 * What a client may declare that this gateway acts on. A session's token holds them as bits in
 * this order, so the list only grows at its end.
 */
export const CLIENT_CAPABILITIES = [
  'sampling',
  'sampling.tools',
  'sampling.context',
  'elicitation',
  'elicitation.form',
  'elicitation.url',
  'roots',
  'roots.listChanged',
  'extension.tasks',
] as const

export type ClientCapability = (typeof CLIENT_CAPABILITIES)[number]

/** Everything that any instance can read off the token that the client sends. */
export interface Session {
  /** Unguessable, unique, and safe in keys and stream names; not what the client sends. */
  readonly id: string
  readonly endpointId: EndpointId
  readonly userId: string
  /** The revision that `initialize` settled on. */
  readonly version: string
  readonly capabilities: ReadonlySet<ClientCapability>
  /** What the client calls itself, cut short. */
  readonly client: { readonly name: string; readonly version: string }
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}
