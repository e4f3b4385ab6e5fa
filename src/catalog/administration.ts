/**
 * What can whoever manages an endpoint see and change of what it offers? A front door of the room.
 *
 * Each change is one conditional write that decides, one row of the audit with what was and what is,
 * and is served by every instance within 2 s.
 */
import type { AccessRules } from '../domain/access-rules.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type {
  BundleDefinitions,
  CapabilityData,
  FunctionTarget,
  ModuleDefinition,
} from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'
import type { CatalogFunction, FunctionName, PackageState } from './catalog.js'

export interface CatalogAdministration {
  /**
   * All that an endpoint offers, disabled functions too, with who says so and since when. It is made
   * once of each snapshot, without a look at the database.
   */
  inventory(endpointId: EndpointId): Promise<Inventory>

  /**
   * What a version declares that its package remembers.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE`
   */
  definitions(ref: BundleRef): Promise<BundleDefinitions>

  /**
   * In order of id; without the values of what is secret. An inventory that is asked for afterwards is no
   * older than they are.
   */
  settings(endpointId: EndpointId): Promise<readonly SettingState[]>

  /**
   * @throws GatewayError `SETTING_NOT_FOUND` when no class of an active bundle has it; `CONFLICT` when
   * it was changed since `ifUpdatedAt`, or by others all the time; `INVALID_PARAMS`
   */
  changeSetting(change: SettingChange): Promise<SettingState>

  /**
   * Defines a function by hand, or changes one that was, also one whose class no active bundle has any
   * more: such a one is in no inventory, and is replaced where its name is defined anew.
   *
   * @throws GatewayError `CONFLICT` when a bundle or another definition has its name, or it was changed
   * since `ifUpdatedAt`; `FUNCTION_NOT_FOUND` when there is none to change; `INVALID_PARAMS` when it is
   * none that could be called, naming the field
   */
  defineFunction(definition: FunctionToDefine): Promise<void>

  /**
   * Functions that were defined by hand, as they are now: those too whose class no active bundle has,
   * which are in no inventory.
   */
  definedFunctions(endpointId: EndpointId): Promise<readonly FunctionName[]>

  /**
   * Removes a function that was defined by hand; of a bundle's, what operators have set for it.
   *
   * @throws GatewayError `FUNCTION_NOT_FOUND`, `CONFLICT`
   */
  removeFunction(removal: FunctionRemoval): Promise<void>

  /**
   * Takes a package off an endpoint, with its functions, modules and settings; its versions stay in the
   * store.
   *
   * @throws GatewayError `PACKAGE_NOT_FOUND`, `CONFLICT`
   */
  removePackage(removal: PackageRemoval): Promise<void>

  /**
   * Forgets a version that is not active: it can be promoted no more.
   *
   * @throws GatewayError `PACKAGE_NOT_FOUND`; `BUNDLE_UNAVAILABLE` when the package does not know it;
   * `CONFLICT` when it is active
   */
  removeVersion(version: { readonly ref: BundleRef; readonly actor: string }): Promise<void>
}

export interface Inventory {
  /** Changes whenever anything in it does. */
  readonly version: string
  /** In order of name. */
  readonly packages: readonly PackageState[]
  /** In order of module and class. */
  readonly modules: readonly CatalogModule[]
  /** In order of type, name and URI. */
  readonly functions: readonly ListedFunction[]
}

export interface CatalogModule extends ModuleDefinition {
  readonly packageName: string
  /** ISO 8601. */
  readonly updatedAt: string
  readonly updatedBy: string
}

/** A function with whose word it is. */
export interface ListedFunction {
  readonly fn: CatalogFunction
  readonly packageName: string
  readonly origin: 'bundle' | 'operator'
  /** ISO 8601: of its definition, or of what an operator has set since. */
  readonly updatedAt: string
  readonly updatedBy: string
}

export interface SettingState {
  readonly settingId: string
  readonly packageName: string
  /** In order of name. */
  readonly members: readonly SettingMember[]
  /** ISO 8601. */
  readonly updatedAt: string
  readonly updatedBy: string
}

export interface SettingMember {
  readonly name: string
  /** Filled from a variable, or said to be secret. */
  readonly isSecret: boolean
  /** Other than null and the empty string. */
  readonly isSet: boolean
  /** Absent where it is secret. */
  readonly value?: unknown
}

export interface SettingChange extends Guarded {
  readonly settingId: string
  /** `create`: only where it has no members. `empty`: it is left without any. */
  readonly mode: 'create' | 'update' | 'empty'
  readonly set?: readonly { name: string; value: unknown; isSecret: boolean }[] | undefined
  /** Names of members that go. */
  readonly remove?: readonly string[] | undefined
}

export interface FunctionToDefine extends Guarded, FunctionName {
  /** `create`: there must be none that is offered. `update`: there must be one that was defined by hand. */
  readonly mode: 'create' | 'update'
  /** For `update`, what is absent stays. */
  readonly data?: CapabilityData | undefined
  readonly target?: Partial<Pick<FunctionTarget, 'moduleName' | 'className' | 'functionName'>>
  readonly isAsync?: boolean | undefined
  readonly access?: AccessRules | null | undefined
  readonly redact?: readonly string[] | null | undefined
}

export interface FunctionRemoval extends Guarded, FunctionName {}

export interface PackageRemoval extends Guarded {
  readonly packageName: string
}

/** What every change says. */
export interface Guarded {
  readonly endpointId: EndpointId
  /** Who does it, for the audit. */
  readonly actor: string
  /** It has to be as it was seen: its `updatedAt` then, ISO 8601. */
  readonly ifUpdatedAt?: string | undefined
}

/** The endpoints that somebody has entered in the list; any other can be used as well. */
export interface EndpointList {
  read(endpointId: EndpointId): Promise<ListedEndpoint | undefined>
  /** In order of name. @param after the last name of the page before, or `before` the first one after it */
  page(range: NameRange): Promise<readonly ListedEndpoint[]>
  /** @throws GatewayError `CONFLICT` when it is there already */
  enter(entry: EndpointEntry): Promise<ListedEndpoint>
  /** Enters it where it is not yet there. @throws GatewayError `CONFLICT` */
  describe(entry: EndpointEntry & Pick<Guarded, 'ifUpdatedAt'>): Promise<ListedEndpoint>
  /** Of no effect where it is not there. */
  remove(endpointId: EndpointId): Promise<void>
}

export interface NameRange {
  readonly after?: string | undefined
  readonly before?: string | undefined
  /** From the end; what is returned is in order all the same. */
  readonly isBackward?: boolean | undefined
  readonly limit: number
}

/** Of an endpoint. */
export const MAX_DESCRIPTION_CHARS = 500

export interface EndpointEntry {
  readonly endpointId: EndpointId
  /** At most `MAX_DESCRIPTION_CHARS`; absent: as it is. */
  readonly description?: string | undefined
  readonly actor: string
}

export interface ListedEndpoint {
  readonly endpointId: EndpointId
  readonly description?: string | undefined
  /** ISO 8601. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly updatedBy: string
}

/** What this process remembers of endpoints, and makes anew when it is asked to. */
export interface CatalogMemory {
  count(endpointId: string): CatalogCounts
  /** What is remembered of it, by class; undefined when nothing is. */
  modules(endpointId: string): readonly RememberedModule[] | undefined
  /** The next look asks the database; what has not changed stays as it is. */
  expire(endpointId: string): void
  /**
   * What is asked for next is read from the database and the store, whatever has changed. Calls that
   * run end with what they have.
   *
   * @returns snapshots that are forgotten
   */
  forget(endpointId: string): number
}

export interface RememberedModule extends Pick<
  ModuleDefinition,
  'moduleName' | 'className' | 'settingId'
> {
  readonly packageName: string
  /** Of its package, by SHA-256: the active one, and those that can be promoted. */
  readonly versions: readonly string[]
  /** How many of its functions are offered, disabled ones too. */
  readonly functions: number
}

export interface CatalogCounts {
  readonly settings: number
  readonly modules: number
  /** Disabled ones too. */
  readonly functions: number
  readonly snapshots: number
}
