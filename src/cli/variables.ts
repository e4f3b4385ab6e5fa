import { UsageError } from './usage-error.js'

const PREFIX = 'MCP_VAR_'

/**
 * What fills `${NAME}` in a bundle's settings: `MCP_VAR_NAME` of the environment and nothing else
 * of it, so that no bundle can ask for the gateway's own secrets; `--var NAME=VALUE` goes first.
 */
export function readVariables(
  env: Readonly<Record<string, string | undefined>>,
  assignments: readonly string[] = [],
): Record<string, string> {
  const fromEnv = Object.entries(env).flatMap(([name, value]) =>
    name.startsWith(PREFIX) && value !== undefined ? [[name.slice(PREFIX.length), value]] : [],
  )
  return Object.fromEntries([...fromEnv, ...assignments.map(readAssignment)])
}

function readAssignment(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageError(`--var ${text}: expected NAME=VALUE`)
  return [text.slice(0, at), text.slice(at + 1)]
}
