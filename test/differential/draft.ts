/** One request on its way to be sent, in pieces that a mutation can reach. */
import type { RawRequest } from '../support/raw-http.js'
import { isRecord, MODERN, toHeaderText } from '../support/raw-client.js'

export type Params = Record<string, unknown>

export interface Draft {
  readonly era: 'modern' | 'legacy'
  /** Which method it was before anything was changed. */
  readonly method: string
  headers: [name: string, value: string][]
  /** The JSON-RPC message. */
  message: Record<string, unknown>
  /** Sent in place of the message. */
  body?: string | undefined
  httpMethod?: string | undefined
  /** What was changed, in order. */
  readonly changes: string[]
}

export const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
export const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities'
export const CLIENT_KEY = 'io.modelcontextprotocol/clientInfo'
export const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel'

export interface Start {
  readonly method: string
  readonly params: Params
  readonly id: number
}

const JSON_HEADERS: [string, string][] = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
]

export function modernDraft({ method, params, id }: Start): Draft {
  const name = params['name'] ?? params['uri'] ?? params['taskId']
  const meta = {
    [VERSION_KEY]: MODERN,
    [CAPABILITIES_KEY]: {},
    [CLIENT_KEY]: { name: 'differential', version: '1' },
  }
  return {
    era: 'modern',
    method,
    headers: [
      ...JSON_HEADERS.map(([header, value]): [string, string] => [header, value]),
      ['MCP-Protocol-Version', MODERN],
      ['Mcp-Method', method],
      ...(typeof name === 'string' ? [['Mcp-Name', toHeaderText(name)] as [string, string]] : []),
      ...paramHeaders(params['arguments']),
    ],
    message: { jsonrpc: '2.0', id, method, params: { ...params, _meta: meta } },
    changes: [],
  }
}

/** What the schema of the tool `region` says. */
function paramHeaders(args: unknown): [string, string][] {
  const { region, size } = isRecord(args) ? args : {}
  const headers: [string, string][] = []
  if (typeof region === 'string') headers.push(['Mcp-Param-Region', toHeaderText(region)])
  if (typeof size === 'number') headers.push(['Mcp-Param-Size', String(size)])
  return headers
}

export function legacyDraft({ method, params, id }: Start, version: string): Draft {
  return {
    era: 'legacy',
    method,
    headers: [
      ...JSON_HEADERS.map(([header, value]): [string, string] => [header, value]),
      ['MCP-Protocol-Version', version],
    ],
    message: { jsonrpc: '2.0', id, method, params },
    changes: [],
  }
}

export function toRawRequest(draft: Draft): RawRequest {
  const { headers, httpMethod: method } = draft
  return { method, headers, body: draft.body ?? JSON.stringify(draft.message) }
}

export function paramsOf(draft: Draft): Params {
  const { params } = draft.message
  return isRecord(params) ? params : {}
}

export function metaOf(draft: Draft): Params {
  const { _meta: meta } = paramsOf(draft)
  return isRecord(meta) ? meta : {}
}

export function setHeader(draft: Draft, name: string, value: string): void {
  removeHeader(draft, name)
  draft.headers.push([name, value])
}

export function removeHeader(draft: Draft, name: string): void {
  draft.headers = draft.headers.filter(([known]) => known.toLowerCase() !== name.toLowerCase())
}

export function headerOf(draft: Draft, name: string): string | undefined {
  return draft.headers.find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1]
}
