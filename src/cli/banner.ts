/** What `start` says when it listens: where, with which token, and how to call a first tool. */
import type { Snapshot } from '../catalog/catalog.js'
import type { Config } from '../config/config.js'
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
  const { config, snapshot, newToken } = banner
  const mcpUrl = `${config.PUBLIC_URL ?? banner.url}/${snapshot.endpointId}/mcp`
  const tool = snapshot.find('tool', 'add') ?? snapshot.list('tool')[0]
  const { name = 'NAME' } = tool ?? {}
  const args = tool?.name === 'add' ? '{"a":2,"b":3}' : '{}'
  const call = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${args},${ENVELOPE}}}`
  program.stdout.write(`MCP Daemon Engine ${program.version} listens on ${banner.url}
  MCP endpoint "${snapshot.endpointId}": ${mcpUrl}
${newToken === undefined ? '' : `  Admin token, shown this once: ${newToken}\n`}
Call a tool:
  export TOKEN=$(npx mcp-daemon token)
  curl -s ${mcpUrl} -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -H 'MCP-Protocol-Version: 2026-07-28' \\
    -H 'Mcp-Method: tools/call' -H 'Mcp-Name: ${name}' -d '${call}'
`)
}
