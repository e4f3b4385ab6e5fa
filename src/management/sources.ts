/** What resolvers hand on: behind each object type of the schema, what its fields are made from. */
import type { ApiKey as KeptKey } from '../keys/keys.js'
import type { AuditEntry } from '../audit/audit.js'
import type { User as Account } from '../accounts/accounts.js'
import type { ListedCall } from '../calls/calls.js'
import type {
  CatalogModule,
  ListedEndpoint,
  ListedFunction,
  SettingState,
} from '../catalog/administration.js'
import type { PackageState } from '../catalog/catalog.js'
import type { EndpointId } from '../domain/tenant.js'
import type { CallRecord } from '../domain/call.js'
import type { UserEvent } from '../user-events/user-events.js'

/** Every source says whose it is; resolvers below it ask for nothing else's. */
interface Owned {
  readonly endpointId: EndpointId
}

export interface EndpointSource extends Owned {
  /** Where it was read with others of the list. */
  readonly listed?: ListedEndpoint | undefined
}

export interface ModuleSource extends Owned {
  readonly module: CatalogModule
}

export interface PackageSource extends Owned {
  readonly state: PackageState
}

export interface FunctionSource extends Owned {
  readonly listed: ListedFunction
}

/** Where only some fields were read, the others are absent: a field asks for what it needs. */
export interface FunctionCallSource extends Owned {
  readonly call: ListedCall
  /** With what was said, where that was read with it. */
  readonly record?: CallRecord | undefined
}

export interface SettingSource extends Owned {
  readonly setting: SettingState
}

/** Of an operator the endpoint is the one at which they are shown, or `GATEWAY_HOME` for none. */
export interface UserSource extends Owned {
  readonly user: Account
}

export interface ApiKeySource extends Owned {
  readonly key: KeptKey
}

export interface BundleVersionSource extends Owned {
  readonly packageName: string
  readonly sha256: string
}

export interface EventSource {
  readonly event: UserEvent
}

export interface AuditEntrySource {
  readonly entry: AuditEntry
}

/** Whatever has a global id. */
export type NodeSource =
  | EndpointSource
  | ModuleSource
  | PackageSource
  | FunctionSource
  | FunctionCallSource
  | SettingSource
  | UserSource
  | ApiKeySource
  | BundleVersionSource

/** A page as resolvers return it; edges and page info are made of it by default. */
export interface ConnectionSource<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly totalCount?: number | undefined
}

/** Of what is in memory. */
export interface CountedConnectionSource<Node> extends ConnectionSource<Node> {
  readonly totalCount: number
}

export type EndpointConnectionSource = ConnectionSource<EndpointSource>
export type ModuleConnectionSource = CountedConnectionSource<ModuleSource>
export type PackageConnectionSource = CountedConnectionSource<PackageSource>
export type FunctionConnectionSource = CountedConnectionSource<FunctionSource>
export type FunctionCallConnectionSource = ConnectionSource<FunctionCallSource>
export type SettingConnectionSource = CountedConnectionSource<SettingSource>
export type UserConnectionSource = ConnectionSource<UserSource>
export type ApiKeyConnectionSource = CountedConnectionSource<ApiKeySource>
export type BundleVersionConnectionSource = CountedConnectionSource<BundleVersionSource>
export type EventConnectionSource = ConnectionSource<EventSource>
export type AuditEntryConnectionSource = ConnectionSource<AuditEntrySource>
