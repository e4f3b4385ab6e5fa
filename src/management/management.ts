/**
 * How does an operator see and change it? The front door of the room: one SDL file of `graphql/` is
 * one file of resolvers.
 */
import type { Access } from '../access/access.js'
import type { UserChanges, Users } from '../accounts/accounts.js'
import type { Audit, AuditTrail } from '../audit/audit.js'
import type { Caches } from '../cache/cache.js'
import type { Calls } from '../calls/calls.js'
import type { CatalogAdministration, EndpointList } from '../catalog/administration.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import type { StateStore } from '../domain/state-store.js'
import type { EventLog } from '../events/events.js'
import type { ApiKeys } from '../keys/keys.js'
import type { Peers } from '../peers/peers.js'
import type { Publishing } from '../publishing/publishing.js'
import type { Sealer } from '../sealing/sealing.js'
import type { Log } from '../telemetry/telemetry.js'
import type { RecordedCalls, UserEvents } from '../user-events/user-events.js'

export { createManagement } from './create-management.js'
export { MANAGEMENT_PATH } from './management-path.js'

export interface Management {
  /**
   * Answers one request of the API: JSON, or server-sent events for a subscription.
   *
   * @param request with `MANAGEMENT_PATH` as its path, whose body is a GraphQL request as JSON; its
   * signal ends a subscription
   */
  answer(request: Request, asker: Asker): Promise<Response>
}

export interface Asker {
  /** At the endpoint in the path, or at `GATEWAY_HOME` as an operator. */
  readonly caller: Caller
  /** Of the client, for the audit. */
  readonly address: string
}

export interface ManagementParts {
  readonly access: Access
  readonly audit: Pick<Audit, 'note'>
  readonly auditTrail: AuditTrail
  readonly catalog: Catalog
  readonly administration: CatalogAdministration
  readonly endpoints: EndpointList
  readonly publishing: Publishing
  readonly calls: Calls
  readonly users: Users
  readonly userChanges: UserChanges
  readonly keys: ApiKeys
  readonly peers: Pick<Peers, 'ask'>
  readonly caches: Caches
  readonly events: EventLog
  readonly userEvents: UserEvents
  readonly recordedCalls: RecordedCalls
  readonly state: StateStore
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  readonly clock: Clock
  readonly log: Log
}
