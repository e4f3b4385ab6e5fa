/**
 * What may this endpoint call? The front door of the room.
 *
 * A snapshot is one immutable object per endpoint, built from the definitions of its active
 * bundle versions and replaced whole, so no reader ever sees half of one version and half of
 * another.
 */
import type { AccessRules } from '../domain/access-rules.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type {
  BundleDefinitions,
  CapabilityData,
  FunctionTarget,
  McpType,
  Setting,
  TaskSupport,
} from '../domain/capability.js'
import type { EndpointId } from '../domain/tenant.js'

export { schemaProblems } from './json-schema.js'
export { rememberSchema } from './schema-memory.js'
export { templateProblems, templateVariables } from './uri-template.js'

export interface Catalog {
  /**
   * What the endpoint offers now; an endpoint without bundles has an empty snapshot. Loaded once
   * however many ask at the same time, checked against DynamoDB at most every `CATALOG_CHECK_MS`.
   */
  snapshot(endpointId: EndpointId): Promise<Snapshot>

  /** The last one that was asked for, without waiting or looking; undefined when none is known. */
  recent(endpointId: EndpointId): Snapshot | undefined

  /**
   * Makes a stored bundle version the active one of its package: definitions, copies for listing
   * and settings are written first, then one conditional write switches the package over.
   *
   * @returns `unchanged` when this version with these settings is active already
   * @throws GatewayError `CONFLICT` when it would take over another package's item, naming the
   * owner, or when another activation of the package won
   */
  activate(version: BundleVersion): Promise<'activated' | 'unchanged'>

  /** The packages of an endpoint as they are now, in order of name. */
  packages(endpointId: EndpointId): Promise<PackageState[]>

  /**
   * Makes a version that the package had before the active one again, as it is stored. Each of its
   * classes gets the setting that it has now, or had last.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when the package does not know the version or its
   * definitions are not those that were registered; `BUNDLE_INVALID` when one of its classes has
   * no setting; `CONFLICT` as `activate`, and when the package has another revision or was changed
   * since `ifUpdatedAt`
   */
  promote(promotion: Promotion): Promise<Promoted>

  /** What an operator has set for functions of the endpoint, in order of type and name. */
  overrides(endpointId: EndpointId): Promise<FunctionOverride[]>

  /**
   * Sets what is given for one function, present or to come, by one conditional write; every
   * instance keeps to it within 2 s, and later versions of its bundle do not change it.
   *
   * @returns what is set then; undefined when nothing is
   * @throws GatewayError `INVALID_PARAMS` for rules or pointers that are none and when there are too
   * many; `CONFLICT` when others kept changing it, or it was changed since `ifUpdatedAt`
   */
  setOverride(change: OverrideChange): Promise<FunctionOverride | undefined>
}

/** A function by its type, and its name, URI or URI template. */
export interface FunctionName {
  readonly mcpType: McpType
  readonly key: string
}

/** What an operator says of one function in place of its bundle. */
export interface FunctionOverride extends FunctionName {
  /** `disabled`: nobody knows of it. */
  readonly status: 'active' | 'disabled'
  /** In place of the rules of its bundle, all of them. */
  readonly access?: AccessRules | undefined
  /** In place of the pointers of its bundle; an empty list: nothing of it is kept out of records. */
  readonly redact?: readonly string[] | undefined
  /** ISO 8601. */
  readonly updatedAt: string
  readonly updatedBy: string
}

export interface OverrideChange extends FunctionName {
  readonly endpointId: EndpointId
  /** Absent: as it is. */
  readonly status?: FunctionOverride['status'] | undefined
  /** Absent: as they are. `null`: those of its bundle again. */
  readonly access?: AccessRules | null | undefined
  /** Absent: as they are. `null`: those of its bundle again. */
  readonly redact?: readonly string[] | null | undefined
  /**
   * The function has to be as it was seen: when its definition or what is set for it was changed last,
   * whichever is later, in ISO 8601.
   */
  readonly ifUpdatedAt?: string | undefined
  /** Who does it, for the audit. */
  readonly actor: string
}

/** One package of an endpoint: what is active, and what it can go back to. */
export interface PackageState {
  readonly packageName: string
  readonly activeSha256: string
  /** Versions that can be promoted, the one that was active last first; at most 20. */
  readonly previousSha256: readonly string[]
  /** Rises by one whenever a version or a setting changes, and goes on when it was removed in between. */
  readonly revision: number
  /** ISO 8601. */
  readonly activatedAt: string
  readonly activatedBy: string
}

export interface Promotion {
  readonly ref: BundleRef
  /** Who does it, for the audit. */
  readonly actor: string
  /** The package has to be as it was seen: its revision then. */
  readonly revision?: number | undefined
  /** The same by its `activatedAt`. */
  readonly ifUpdatedAt?: string | undefined
}

export interface Promoted {
  /** `unchanged`: it was the active one already. */
  readonly outcome: 'activated' | 'unchanged'
  readonly definitions: BundleDefinitions
}

export interface BundleVersion {
  readonly ref: BundleRef
  readonly definitions: BundleDefinitions
  /** Setting id → value, `${VAR}` already filled. */
  readonly settings: ReadonlyMap<string, Setting>
  /** Setting id → names of its members that nobody is shown. A setting that is missing: all of them. */
  readonly secrets?: ReadonlyMap<string, readonly string[]> | undefined
  /** Who does it, for the audit. */
  readonly actor: string
  /** The package has to be as it was seen: its revision then. */
  readonly revision?: number | undefined
}

export interface Snapshot {
  readonly endpointId: EndpointId
  /** Changes whenever anything in the snapshot does. */
  readonly version: string
  /** By tool name, prompt name, or resource URI. Templates are matched, not looked up. */
  find(mcpType: McpType, key: string): CatalogFunction | undefined
  /** The template that a URI fits, with what its variables hold. */
  matchTemplate(uri: string): TemplateMatch | undefined
  /** In stable order: by name, then by URI. */
  list(mcpType: McpType): readonly CatalogFunction[]
  /** The same with some of its functions, as though there were no others. */
  only(isIn: (fn: CatalogFunction) => boolean): Snapshot
  /** Whether a resource of this URI is served by a function that is not in it, and by none that is. */
  hides(uri: string): boolean
  /** Each set of rules that some function has, once. */
  readonly rules: readonly FunctionAccess[]
  /** What operators have disabled: it is in no list and is not found. */
  readonly disabled: readonly CatalogFunction[]
}

/** Who may call a function, and whose word that is. */
export interface FunctionAccess extends AccessRules {
  readonly source: 'bundle' | 'operator'
}

export interface TemplateMatch {
  readonly template: CatalogFunction
  readonly params: Readonly<Record<string, string>>
}

/** How a function that is async is called. */
export interface Background {
  readonly taskSupport: TaskSupport
  /** What it asks at first is asked before its caller gets a handle. */
  readonly asksFirst: boolean
}

export interface CatalogFunction {
  readonly mcpType: McpType
  readonly name: string
  readonly uri?: string | undefined
  readonly data: CapabilityData
  readonly target: FunctionTarget
  /** Present when the call goes on in the background. */
  readonly background?: Background | undefined
  /** The code that completes a prompt's arguments or a template's variables, where there is some. */
  readonly completion?: FunctionTarget | undefined
  /** JSON pointers into its arguments, of what no record may hold. */
  readonly redact?: readonly string[] | undefined
  /** The same object for the same rules; absent where there are none. */
  readonly access?: FunctionAccess | undefined
  readonly isDisabled: boolean
  /** What is wrong with a tool's arguments, one sentence each; empty when they are valid. */
  inputProblems(args: unknown): readonly string[]
  /** The same for `structuredContent` against `outputSchema`; empty when there is no schema. */
  outputProblems(structuredContent: unknown): readonly string[]
}
