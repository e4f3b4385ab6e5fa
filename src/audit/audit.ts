/** Who did, or was refused, what? The front door of the room. */
import type { EndpointId } from '../domain/tenant.js'

/** What matters to whoever guards an endpoint; never with a secret in it. */
export interface AuditEvent {
  /** The tenant, or `GATEWAY_HOME` for what concerns the whole gateway. */
  readonly endpointId: EndpointId
  /** A user's id, or `anonymous`. */
  readonly actor: string
  /** Noun and verb, like `signin.refused`. */
  readonly action: string
  /** What it was done to: a function, a user, a key's id. */
  readonly target?: string | undefined
  /** Of the client. */
  readonly address?: string | undefined
  /** Small, and JSON. */
  readonly detail?: Readonly<Record<string, unknown>> | undefined
  /** What was changed, as it was: small, and JSON. */
  readonly before?: unknown
  /** As it is now. */
  readonly after?: unknown
}

export interface Audit {
  /**
   * One log line and one row. It neither waits nor throws: a row that cannot be written stays a
   * log line. What is the same within a minute is counted in one row.
   */
  note(event: AuditEvent): void
  /** Writes what is left, for this long at most. */
  close(timeoutMs: number): Promise<void>
}

/** A row of the audit; those of changes say what was and what is. */
export interface AuditEntry extends AuditEvent {
  /** Ids rise with time. */
  readonly id: string
  /** How often it happened within the minute that began then. */
  readonly count: number
  /** ISO 8601. */
  readonly createdAt: string
}

export interface AuditTrail {
  /** The newest first. */
  list(endpointId: EndpointId, query: AuditQuery): Promise<readonly AuditEntry[]>
}

export interface AuditQuery {
  /** Milliseconds since 1970. Default: from the beginning. */
  readonly since?: number | undefined
  /** The last id of the page before. */
  readonly before?: string | undefined
  readonly limit: number
}
