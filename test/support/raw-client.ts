/** A client of any revision that shows answers exactly as they came over the wire. */
import type { ProtocolVersion } from '../../src/protocol/protocol.js'
import { createRawHttp, type RawAnswer, type RawHeaders, type RawHttp } from './raw-http.js'

export interface RawClient {
  readonly version: string
  /** @throws when the answer is no result */
  ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>>
  close(): void
}

export const MODERN = '2026-07-28'
const ENVELOPE_PREFIX = 'io.modelcontextprotocol/'

const envelope = (version: string): Record<string, unknown> => ({
  [`${ENVELOPE_PREFIX}protocolVersion`]: version,
  [`${ENVELOPE_PREFIX}clientCapabilities`]: {},
})

export async function connectRaw(
  { url, token }: { readonly url: string; readonly token: string },
  version: ProtocolVersion,
): Promise<RawClient> {
  const http = createRawHttp()
  const common = toCommonHeaders(token)
  const isModern = version === MODERN
  const session = isModern ? [] : await openSession(http, { url, common, version })
  let id = 0
  return {
    version,
    close: () => http.close(),
    ask: async (method, params) => {
      const headers = isModern ? toModernHeaders(method, params) : session
      const meta = isModern ? { _meta: envelope(version) } : undefined
      const message = { jsonrpc: '2.0', id: ++id, method, params: { ...params, ...meta } }
      const body = JSON.stringify(message)
      return resultOf(await http.send(url, { headers: [...common, ...headers], body }))
    },
  }
}

function toCommonHeaders(token: string): RawHeaders {
  return [
    ['Authorization', `Bearer ${token}`],
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
  ]
}

function toModernHeaders(method: string, params: Record<string, unknown>): RawHeaders {
  const name = params['name'] ?? params['uri']
  return [
    ['MCP-Protocol-Version', MODERN],
    ['Mcp-Method', method],
    ...(typeof name === 'string' ? [['Mcp-Name', toHeaderText(name)] as const] : []),
  ]
}

export function toHeaderText(text: string): string {
  const isPlain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?')
  return isPlain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}

interface Handshake {
  readonly url: string
  readonly common: RawHeaders
  readonly version: string
}

/** @returns the headers of every later request */
export async function openSession(http: RawHttp, handshake: Handshake): Promise<RawHeaders> {
  const { url, common, version: protocolVersion } = handshake
  const clientInfo = { name: 'raw', version: '1' }
  const params = { protocolVersion, capabilities: {}, clientInfo }
  const hello = { jsonrpc: '2.0', id: 'hello', method: 'initialize', params }
  const answer = await http.send(url, { headers: common, body: JSON.stringify(hello) })
  const agreed = resultOf(answer)['protocolVersion']
  if (agreed !== protocolVersion) throw new Error(`the server speaks ${String(agreed)}`)
  const sessionId = answer.headers['mcp-session-id']
  const session: RawHeaders = [
    ['MCP-Protocol-Version', protocolVersion],
    ...(typeof sessionId === 'string' ? [['Mcp-Session-Id', sessionId] as const] : []),
  ]
  const ready = { jsonrpc: '2.0', method: 'notifications/initialized' }
  await http.send(url, { headers: [...common, ...session], body: JSON.stringify(ready) })
  return session
}

function resultOf(answer: RawAnswer): Record<string, unknown> {
  const { message } = answer
  if (isRecord(message) && isRecord(message['result'])) return message['result']
  throw new Error(`no result: ${answer.status} ${answer.text.slice(0, 500)}`)
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
