/** What `defineBundle` takes: a bundle's manifest and its code in one object. */
import type { Role } from '../domain/caller.js'
import type { JsonObject } from '../domain/json.js'
import type { NetworkAccess } from '../domain/network.js'
import type { Call } from './call.js'
import type {
  ArgumentPointer,
  FromSchema,
  JsonSchema,
  PointerTo,
  PromptValues,
  TemplateNames,
  TemplateParams,
} from './schema-types.js'

export interface BundleDefinition<Tools, Resources, Prompts, Setting> {
  /** Of the whole bundle: 1 to 128 of A-Z, a-z, 0-9, _, . and -. */
  readonly package: string
  /**
   * Given to every function as its third argument; `${NAME}` in a text is filled when the bundle is
   * published, from `--var NAME=VALUE` or `MCP_VAR_NAME`.
   */
  readonly setting?: Setting
  /** What the code may reach on the network; granted by whoever runs the gateway. */
  readonly network?: NetworkAccess
  /** By name: 1 to 128 of A-Z, a-z, 0-9, _, . and -; some clients allow 64 characters only. */
  readonly tools?: { readonly [Name in keyof Tools]: Tool<Tools[Name], Setting> }
  readonly resources?: { readonly [Name in keyof Resources]: Resource<Resources[Name], Setting> }
  readonly prompts?: { readonly [Name in keyof Prompts]: Prompt<Prompts[Name], Setting> }
}

/** What every item may have; clients are shown it as it is written here. */
interface Shown {
  readonly title?: string
  readonly icons?: readonly { readonly src: string; readonly [member: string]: unknown }[]
  readonly _meta?: Readonly<JsonObject>
  /** Who may call it; not shown. Without it, everybody who may call functions of its kind. */
  readonly access?: Access
}

/**
 * A function is unknown to whom something of `deny` fits, and where there is `allow`, to all whom
 * nothing of it fits.
 */
export interface Access {
  readonly allow?: readonly AccessRule[]
  readonly deny?: readonly AccessRule[]
}

/**
 * `role:NAME` allows those above NAME too, and denies those below it. In a GLOB `*` stands for any
 * characters and `?` for one.
 */
export type AccessRule = `role:${Role}` | `user:${string}` | `key:${string}`

export interface Tool<Schema, Setting = unknown> extends Shown {
  /** Agents choose by it: say what it does and returns. */
  readonly description: string
  /** JSON Schema 2020-12 of an object: arguments are checked before the function runs. */
  readonly inputSchema: Schema
  /** What `structuredContent` conforms to: a result that breaks it is an error. */
  readonly outputSchema?: JsonSchema
  readonly annotations?: ToolAnnotations
  /**
   * The call goes on in the background and its caller gets a handle at once. `taskSupport`:
   * `required` refuses clients without the tasks extension; `optional`, the default, gives them a
   * link to the result. `asksFirst`: what is asked at first is asked before there is a handle.
   */
  readonly background?:
    | boolean
    | { readonly taskSupport?: 'optional' | 'required'; readonly asksFirst?: boolean }
  /** JSON pointers such as `/password`: what no record of a call holds. The function gets it. */
  readonly redact?: readonly ArgumentPointer<NoInfer<Schema>>[]
  /** @returns see `ToolResult`; what it throws is a tool error with its message, never its stack */
  handler(args: FromSchema<Schema>, call: Call, setting: Setting): ToolResult | Promise<ToolResult>
}

export interface ToolAnnotations {
  readonly title?: string
  readonly readOnlyHint?: boolean
  readonly destructiveHint?: boolean
  readonly idempotentHint?: boolean
  readonly openWorldHint?: boolean
}

/** With a `uri`, or with a `uriTemplate` if it stands for many. */
export interface Resource<Template, Setting = unknown> extends Shown {
  readonly uri?: string
  /** Such as `docs://{page}`: its variables arrive as `params`. */
  readonly uriTemplate?: Template
  readonly description: string
  readonly mimeType?: string
  readonly annotations?: Readonly<JsonObject>
  /** @returns a text, bytes, `{ text }`, `{ blob }`, `{ contents }`, or nothing: not found */
  handler(
    input: { readonly uri: string; readonly params: TemplateParams<Template> },
    call: Call,
    setting: Setting,
  ): unknown
  /** Of a template, by variable: what to suggest while it is typed. */
  readonly complete?: { readonly [Name in TemplateNames<Template>]?: Complete<Setting> }
}

export interface PromptArgument {
  readonly title?: string
  readonly description?: string
  readonly required?: boolean
}

export interface Prompt<Declared, Setting = unknown> extends Shown {
  readonly description: string
  /** By name, in the order in which clients show them. */
  readonly arguments?: Declared & Readonly<Record<string, PromptArgument>>
  /** @returns a text (the user's message), a list of `{ role, content }`, or `{ messages }` */
  handler(args: PromptValues<Declared>, call: Call, setting: Setting): unknown
  /** JSON pointers such as `/password`: what no record of a call holds. The function gets it. */
  readonly redact?: readonly PointerTo<keyof NoInfer<Declared>>[]
  /** By argument: what to suggest while it is typed. */
  readonly complete?: { readonly [Name in keyof Declared]?: Complete<Setting> }
}

/**
 * Suggests values; clients see the first 100.
 *
 * @param value what is typed so far
 * @param known arguments or variables that have a value already
 */
export type Complete<Setting = unknown> = (
  value: string,
  known: Readonly<Record<string, string>>,
  call: Call,
  setting: Setting,
) => Completion | Promise<Completion>

export type Completion =
  | readonly string[]
  | { readonly values: readonly string[]; readonly total?: number; readonly hasMore?: boolean }

export interface ContentBlock {
  readonly type: 'text' | 'image' | 'audio' | 'resource' | 'resource_link'
  readonly [member: string]: unknown
}

/**
 * A text, a content block or a list of them; an object, which becomes `structuredContent` and the
 * text of its JSON; a whole result with `content`, `structuredContent`, `isError`, `_meta`; or
 * nothing.
 */
export type ToolResult =
  | string
  | number
  | boolean
  | null
  | undefined
  | void
  | ContentBlock
  | readonly ContentBlock[]
  | object
