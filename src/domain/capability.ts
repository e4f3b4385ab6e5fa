import type { AccessRules } from './access-rules.js'
import type { BundleRef } from './bundle-ref.js'
import type { NetworkAccess } from './network.js'

export const MCP_TYPES = ['tool', 'resource', 'resource_template', 'prompt'] as const

/** What a function is to a client. */
export type McpType = (typeof MCP_TYPES)[number]

/** What the protocol shows of a function, verbatim: unknown members of the manifest included. */
export type CapabilityData = Readonly<Record<string, unknown>>

/** `required`: without the extension the call is refused. `optional`: it gets a link to its result. */
export const TASK_SUPPORT = ['optional', 'required'] as const

export type TaskSupport = (typeof TASK_SUPPORT)[number]

/** One function as a manifest declares it: what clients see, and which code answers. */
export interface FunctionDefinition {
  readonly mcpType: McpType
  /** Unique among an endpoint's functions of this type. */
  readonly name: string
  /** A resource's URI or a template's URI template; absent for tools and prompts. */
  readonly uri?: string | undefined
  readonly data: CapabilityData
  readonly moduleName: string
  readonly className: string
  readonly functionName: string
  /** The call goes on in the background: its caller gets a handle at once. */
  readonly isAsync: boolean
  /** Of a tool that is async: whether it can be called without the tasks extension. Default: optional. */
  readonly taskSupport?: TaskSupport | undefined
  /** Of a tool that is async: what it asks at first is asked before there is a handle. */
  readonly asksFirst?: boolean | undefined
  /** The method of the class that completes arguments of a prompt, or variables of a template. */
  readonly completionFunctionName?: string | undefined
  /** JSON pointers into its arguments, of what no record may hold. */
  readonly redact?: readonly string[] | undefined
  /** Who may call it; absent for everybody who may call functions of its kind. */
  readonly access?: AccessRules | undefined
  readonly returnType?: string | undefined
}

/** One class of a bundle, and which setting its constructor gets. */
export interface ModuleDefinition {
  readonly moduleName: string
  readonly className: string
  readonly settingId: string
  /** What its code asks to reach; `brokered` when it does not say. */
  readonly network?: NetworkAccess | undefined
  readonly source?: string | undefined
}

/** Everything a bundle version declares; stored beside its ZIP and as immutable. */
export interface BundleDefinitions {
  readonly packageName: string
  readonly functions: readonly FunctionDefinition[]
  readonly modules: readonly ModuleDefinition[]
}

/** What a class's constructor receives. */
export type Setting = Readonly<Record<string, unknown>>

/** The code that answers: a method of a class in one version of a bundle. */
export interface FunctionTarget {
  readonly bundle: BundleRef
  readonly moduleName: string
  readonly className: string
  readonly functionName: string
  readonly setting: Setting
  /** What its code asks to reach; `brokered` when it does not say. */
  readonly network?: NetworkAccess | undefined
}
