/** One echo `tools/call` as bytes, the same for every target, and the check of its answer. */
import type { HttpAnswer } from './http-connection.js'

/** `legacy`: revision 2025-11-25, in a session where the server has them. `modern`: revision 2026-07-28. */
export type Era = 'legacy' | 'modern'

export interface CallTarget {
  readonly port: number
  readonly path: string
  readonly era: Era
  /** Sent to every target, though only the gateway looks at it. */
  readonly token: string
  /** Of a legacy session. */
  readonly sessionToken?: string | undefined
}

const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '0.0.0' },
}

const ERA_HEADERS: Record<Era, readonly string[]> = {
  legacy: ['mcp-protocol-version: 2025-11-25'],
  modern: ['mcp-protocol-version: 2026-07-28', 'mcp-method: tools/call', 'mcp-name: echo'],
}

export function toRequestHead(target: CallTarget): string {
  const { port, path, era, token, sessionToken } = target
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    'accept: application/json, text/event-stream',
    `authorization: Bearer ${token}`,
    ...ERA_HEADERS[era],
    ...(sessionToken === undefined ? [] : [`mcp-session-id: ${sessionToken}`]),
  ]
  return lines.join('\r\n')
}

export function toRequestBody(id: number, era: Era): string {
  const call = { name: 'echo', arguments: { text: textOf(id) } }
  const params = era === 'legacy' ? call : { ...call, _meta: ENVELOPE }
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })
}

/** @throws Error when it is anything but the echo of this very call */
export function checkAnswer(id: number, { status, head, body }: HttpAnswer): void {
  const isRight = status === 200 && isEcho(id, body)
  if (!isRight) throw new Error(`call ${id} was answered wrongly:\n${head}\n\n${body}`)
}

function isEcho(id: number, body: string): boolean {
  const answer = readMessage(body)
  const { content, isError } = answer.result ?? {}
  return answer.id === id && isError !== true && content?.[0]?.text === textOf(id)
}

interface EchoAnswer {
  readonly id?: number
  readonly result?: { readonly content?: readonly { text?: string }[]; readonly isError?: boolean }
}

const DATA_LINE = /^data: (.*)$/m

/** A server may answer with JSON, or with a stream of one event. */
function readMessage(body: string): EchoAnswer {
  if (body.startsWith('{')) return JSON.parse(body)
  return JSON.parse(DATA_LINE.exec(body)?.[1] ?? '{}')
}

/** A text of its own for each call, so that no answer can be mistaken for another. */
function textOf(id: number): string {
  return `This is what call ${id} asks to be given back, unchanged.`
}
