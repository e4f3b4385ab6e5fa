/**
 * Which conversation is this, and what was agreed in it? The front door of the room.
 *
 * A session is a signed token that the client carries, so opening and reading one costs no
 * storage. What changes while it lasts (its end, log level, subscriptions) is one small item of
 * the state store, which an instance remembers for a moment.
 */
import type { Caller } from '../domain/caller.js'
import type { LogLevel } from '../domain/log-level.js'
import type { Session } from '../domain/session.js'

export { readCapabilities } from './client-capabilities.js'
export { createToldSessions, type ToldSessions } from './told-sessions.js'

export interface Sessions {
  /** @returns the session's token for `Mcp-Session-Id`: visible ASCII, at most 1 KiB */
  open(caller: Caller, hello: Hello): Promise<string>

  /**
   * The session of a token that the client has sent.
   *
   * @throws GatewayError `SESSION_REQUIRED` without a token; `SESSION_NOT_FOUND` when it is
   * unknown, forged, expired, terminated, or another user's or endpoint's, without saying which
   */
  find(caller: Caller, token: string | undefined): Promise<Session>

  /** From now on it is not found here, and elsewhere once it is forgotten: within 2 s. */
  terminate(session: Session): Promise<void>

  setLogLevel(session: Session, level: LogLevel): Promise<void>
  /** The level that the client has set, or undefined while it has set none. */
  logLevel(session: Session): Promise<LogLevel | undefined>

  /** @throws GatewayError `INVALID_PARAMS` when the session has too many subscriptions */
  setSubscribed(session: Session, uri: string, isSubscribed: boolean): Promise<void>
  /** The URIs of the resources whose changes the client wants to hear of. */
  subscriptions(session: Session): Promise<ReadonlySet<string>>

  /** Another instance has changed it: what is remembered of it here is out of date. */
  forget(session: Pick<Session, 'endpointId' | 'id'>): void
}

/** What `initialize` said, and the revision that was settled on. */
export interface Hello {
  readonly version: string
  readonly capabilities: Readonly<Record<string, unknown>>
  readonly clientInfo: Readonly<Record<string, unknown>>
}
