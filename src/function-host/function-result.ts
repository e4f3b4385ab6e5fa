/** What a function returned → the MCP result that its kind wants. Pure. */
import type { McpType } from '../domain/capability.js'
import { GatewayError } from '../domain/errors.js'
import {
  isJsonObject,
  type JsonObject,
  MAX_FUNCTION_JSON_DEPTH,
  nestsDeeperThan,
} from '../domain/json.js'
import { toCompletionResult } from './completion-result.js'

export type McpResult = JsonObject

export interface ResultKind {
  readonly mcpType: McpType | 'completion'
  /** Of the resource that was read. */
  readonly uri?: string | undefined
  /** Declared for the resource. */
  readonly mimeType?: string | undefined
}

/**
 * @throws GatewayError `RESULT_INVALID` when nothing can be made of it, `RESOURCE_NOT_FOUND` when
 * a resource's function returned nothing
 */
export function toMcpResult(returned: unknown, kind: ResultKind): McpResult {
  return converters[kind.mcpType](returned, kind)
}

/** @throws GatewayError `RESULT_INVALID` when it is not JSON, `RESULT_TOO_LARGE` */
export function toResultJson(result: McpResult, maxBytes: number): string {
  const json = toJson(result)
  const bytes = Buffer.byteLength(json)
  if (bytes <= maxBytes) return json
  throw new GatewayError(
    'RESULT_TOO_LARGE',
    `the function's result is ${bytes} bytes of JSON; at most ${maxBytes} are allowed`,
  )
}

type Convert = (returned: unknown, kind: ResultKind) => McpResult

const converters: Record<ResultKind['mcpType'], Convert> = {
  tool: toToolResult,
  resource: toResourceResult,
  resource_template: toResourceResult,
  prompt: toPromptResult,
  completion: toCompletionResult,
}

const CONTENT_TYPES = new Set(['text', 'image', 'audio', 'resource', 'resource_link'])

function toToolResult(returned: unknown): McpResult {
  if (returned === undefined || returned === null) return { content: [] }
  if (typeof returned === 'string') return { content: [toTextBlock(returned)] }
  if (isContentBlock(returned)) return { content: [returned] }
  if (Array.isArray(returned) && returned.length > 0 && returned.every(isContentBlock))
    return { content: returned }
  if (isWholeToolResult(returned)) return completeToolResult(returned)
  const text = toJson(returned)
  // What JSON makes an object of: a Date, say, is an object here and a string there.
  if (!text.startsWith('{')) return { content: [toTextBlock(text)] }
  return { content: [toTextBlock(text)], structuredContent: returned }
}

function isWholeToolResult(returned: unknown): returned is McpResult {
  if (!isJsonObject(returned)) return false
  return (
    Array.isArray(returned['content']) || 'structuredContent' in returned || 'isError' in returned
  )
}

/** Untouched, but for `content`, which the protocol demands. */
function completeToolResult(result: McpResult): McpResult {
  if (result['content'] !== undefined) return result
  const structured = result['structuredContent']
  const content = structured === undefined ? [] : [toTextBlock(toJson(structured))]
  return { ...result, content }
}

function isContentBlock(value: unknown): value is McpResult {
  if (!isJsonObject(value)) return false
  const { type } = value
  return typeof type === 'string' && CONTENT_TYPES.has(type)
}

function toResourceResult(returned: unknown, { uri, mimeType }: ResultKind): McpResult {
  if (returned === undefined || returned === null)
    throw new GatewayError('RESOURCE_NOT_FOUND', 'There is no such resource', { data: { uri } })
  const declared = { uri, ...(mimeType === undefined ? {} : { mimeType }) }
  if (typeof returned === 'string') return { contents: [{ ...declared, text: returned }] }
  if (returned instanceof Uint8Array)
    return { contents: [{ ...declared, blob: toBase64(returned) }] }
  if (isJsonObject(returned)) {
    if (Array.isArray(returned['contents'])) return returned
    if (typeof returned['text'] === 'string') return { contents: [{ ...declared, ...returned }] }
    const { blob } = returned
    if (typeof blob === 'string') return { contents: [{ ...declared, ...returned }] }
    if (blob instanceof Uint8Array)
      return { contents: [{ ...declared, ...returned, blob: toBase64(blob) }] }
  }
  return { contents: [{ mimeType: 'application/json', ...declared, text: toJson(returned) }] }
}

function toPromptResult(returned: unknown): McpResult {
  if (typeof returned === 'string')
    return { messages: [{ role: 'user', content: toTextBlock(returned) }] }
  if (isJsonObject(returned) && Array.isArray(returned['messages'])) return returned
  if (Array.isArray(returned) && returned.every(isPromptMessage)) return { messages: returned }
  throw new GatewayError(
    'RESULT_INVALID',
    "a prompt's function must return a string, an array of { role, content } messages with a content block each, or an object with `messages`",
  )
}

function isPromptMessage(value: unknown): boolean {
  return (
    isJsonObject(value) && typeof value['role'] === 'string' && isContentBlock(value['content'])
  )
}

function toTextBlock(text: string) {
  return { type: 'text', text }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

function toJson(value: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : 'it cannot be read'
    throw new GatewayError('RESULT_INVALID', `the function's result is not JSON: ${reason}`, {
      cause,
    })
  }
  if (json === undefined)
    throw new GatewayError(
      'RESULT_INVALID',
      `the function returned a ${typeof value}, which is not JSON`,
    )
  if (nestsDeeperThan(MAX_FUNCTION_JSON_DEPTH, json))
    throw new GatewayError(
      'RESULT_INVALID',
      `the function's result nests deeper than ${MAX_FUNCTION_JSON_DEPTH} levels`,
    )
  return json
}
