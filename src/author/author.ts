/**
 * What authors of bundles import: `mcp-daemon-engine/bundle`. The front door of the room.
 *
 * In plain JavaScript the types are there too: `// @ts-check` at the top of a file, and where a type
 * has to be named, `@param {import('mcp-daemon-engine/bundle').Call} call`.
 */
import type { JsonObject } from '../domain/json.js'
import type { BundleDefinition } from './definition.js'
import type { JsonSchema } from './schema-types.js'

export type { LogLevel } from '../domain/log-level.js'
export type {
  Call,
  CallNotices,
  ClientQuestions,
  ElicitAnswer,
  ElicitParams,
  RootsAnswer,
  SampleAnswer,
  SampleParams,
  Trace,
} from './call.js'
export type {
  Access,
  AccessRule,
  BundleDefinition,
  Complete,
  Completion,
  ContentBlock,
  Prompt,
  PromptArgument,
  Resource,
  Tool,
  ToolAnnotations,
  ToolResult,
} from './definition.js'
export type { FromSchema, JsonSchema } from './schema-types.js'

/** What `defineBundle` was given, unchanged; its functions are the gateway's to call. */
export interface Bundle {
  readonly package: string
}

/**
 * A bundle's manifest and code in one place. Export what it returns, as `default` or as `bundle`;
 * `mcp-daemon dev`, `bundle build` and `bundle push` derive the manifest from it.
 *
 * Arguments are typed by the schemas, variables by the URI templates, the setting by its value.
 */
export function defineBundle<
  const Tools extends Readonly<Record<string, JsonSchema>>,
  const Resources extends Readonly<Record<string, unknown>>,
  const Prompts extends Readonly<Record<string, unknown>>,
  Setting extends JsonObject = JsonObject,
>(definition: BundleDefinition<Tools, Resources, Prompts, Setting>): Bundle {
  return definition
}
