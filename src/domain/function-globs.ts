/**
 * Functions that a credential is limited to: `weather_*` for names of whatever type, or
 * `tool:weather_*` for those of one. A resource is named by its URI too.
 */
import { MCP_TYPES, type McpType } from './capability.js'
import { matchesGlob } from './glob.js'

/** Globs of one credential. */
export const MAX_FUNCTION_GLOBS = 100

const MAX_GLOB_CHARS = 256

/** What `isFunctionGlob` expects, for error messages. */
export const FUNCTION_GLOB_RULE = `a name or URI such as weather_*, or with its type such as tool:weather_*, of at most ${MAX_GLOB_CHARS} characters`

export function isFunctionGlob(text: string): boolean {
  return text.length >= 1 && text.length <= MAX_GLOB_CHARS
}

export interface NamedFunction {
  readonly mcpType: McpType
  readonly name: string
  readonly uri?: string | undefined
}

/** Whether what a caller's credential is limited to, if anything, takes in this function. */
export function isWithin(
  { functions }: { readonly functions?: readonly string[] | undefined },
  fn: NamedFunction,
): boolean {
  return functions === undefined || fitsFunctionGlobs(functions, fn)
}

/** @param globs none fits nothing */
function fitsFunctionGlobs(globs: readonly string[], fn: NamedFunction): boolean {
  return globs.some((glob) => fits(glob, fn))
}

function fits(text: string, { mcpType, name, uri }: NamedFunction): boolean {
  const type = MCP_TYPES.find((known) => text.startsWith(`${known}:`))
  if (type !== undefined && type !== mcpType) return false
  const glob = type === undefined ? text : text.slice(type.length + 1)
  return matchesGlob(glob, name) || (uri !== undefined && matchesGlob(glob, uri))
}
