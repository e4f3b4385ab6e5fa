/** What `start` says when it listens: where, with which token, and how to call a first tool. */
import type { Snapshot } from '../catalog/catalog.js'
import type { Config } from '../config/config.js'
import { isJsonObject } from '../domain/json.js'
import type { Program } from './program.js'

export interface Banner {
  readonly url: string
  readonly config: Config
  readonly snapshot: Snapshot
  /** Only when it was generated just now: it is never printed again by itself. */
  readonly newToken: string | undefined
}

/** A request of 2026-07-28 stands alone, so one command is enough: no handshake, no session. */
const ENVELOPE =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}'

export function printBanner(program: Program, banner: Banner): void {
  const mcpUrl = toMcpUrl(banner)
  program.stdout.write(`${toListening(program, banner)}\n${toCallHint(mcpUrl, banner)}`)
}

/** Where it listens, for whom, and its token where that is new. */
export function toListening(
  { version }: Pick<Program, 'version'>,
  banner: Omit<Banner, 'snapshot'>,
): string {
  const { url, config, newToken } = banner
  return `MCP Daemon Engine ${version} listens on ${url}
  MCP endpoint "${config.MCP_ENDPOINT_ID}": ${toMcpUrl(banner)}
  Live page: ${toLiveUrl(banner)} (sign in with ${config.ADMIN_TOKEN_ENABLED ? 'the token' : 'a token'})
${newToken === undefined ? '' : `  Admin token, shown this once: ${newToken}\n`}`
}

export function toMcpUrl(banner: Pick<Banner, 'url' | 'config'>): string {
  return `${toEndpointUrl(banner)}/mcp`
}

function toLiveUrl(banner: Pick<Banner, 'url' | 'config'>): string {
  return `${toEndpointUrl(banner)}/live`
}

function toEndpointUrl({ url, config }: Pick<Banner, 'url' | 'config'>): string {
  return `${config.PUBLIC_URL ?? url}/${config.MCP_ENDPOINT_ID}`
}

/** The lines that call a first tool. */
export function toCallHint(
  mcpUrl: string,
  { snapshot, config }: Pick<Banner, 'snapshot' | 'config'>,
): string {
  const tool = snapshot.find('tool', 'add') ?? snapshot.list('tool')[0]
  const { name = 'NAME', data } = tool ?? {}
  const args = JSON.stringify(name === 'add' ? { a: 2, b: 3 } : toSample(data?.['inputSchema']))
  const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args},${ENVELOPE}}}`
  return `Call a tool:
  export TOKEN=$(npx mcp-daemon token${config.ADMIN_TOKEN_ENABLED ? '' : ' --user me'})
  curl -s ${mcpUrl} -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -H 'MCP-Protocol-Version: 2026-07-28' \\
    -H 'Mcp-Method: tools/call' -H 'Mcp-Name: ${name}' -d '${call.replaceAll("'", String.raw`'\''`)}'
`
}

/** Arguments to try a tool with: those that it requires, by example where its schema has some. */
function toSample(schema: unknown): unknown {
  if (!isJsonObject(schema)) return {}
  const { examples, type, properties, required } = schema
  const given = [schema['const'], schema['default'], firstOf(examples), firstOf(schema['enum'])]
  const example = given.find((value) => value !== undefined)
  if (example !== undefined) return example
  if (!isJsonObject(properties)) return SAMPLES[String(type)] ?? {}
  const names = Array.isArray(required) ? required.map(String) : []
  return Object.fromEntries(names.map((name) => [name, toSample(properties[name])]))
}

const SAMPLES: Readonly<Record<string, unknown>> = {
  string: 'text',
  number: 1,
  integer: 1,
  boolean: true,
  array: [],
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}
