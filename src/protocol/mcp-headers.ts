/** The headers that repeat what a modern body says, so that intermediaries need not read it. */
import { GatewayError } from '../domain/errors.js'
import type { RawRequest } from './params.js'

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>

const BASE64_PREFIX = '=?base64?'
const BASE64_SUFFIX = '?='
const PARAM_PREFIX = 'mcp-param-'

/** Which member of `params` the `Mcp-Name` header repeats. */
const NAME_MEMBER: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
}

/** A header's value without the white space around it, or undefined. */
export function headerValue(headers: HttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value.join(',') : value)?.trim()
}

export function checkMethodHeader(header: string, method: string): void {
  if (header !== method) throw disagreement('Mcp-Method', header, method)
}

/** `Mcp-Name` must be there and equal what the body names; a body without a name is left alone. */
export function checkNameHeader(headers: HttpHeaders, { method, params }: RawRequest): void {
  const member = Object.hasOwn(NAME_MEMBER, method) ? NAME_MEMBER[method] : undefined
  if (member === undefined) return
  const header = headerValue(headers, 'mcp-name')
  const decoded = header === undefined ? undefined : decodeHeader('Mcp-Name', header)
  const inBody = params[member]
  if (typeof inBody !== 'string') return
  if (decoded === undefined) throw missingHeader('Mcp-Name')
  if (decoded !== inBody) throw disagreement('Mcp-Name', decoded, inBody)
}

/** Every `Mcp-Param-*` header by its lower-case name, decoded. */
export function readParamHeaders(headers: HttpHeaders): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name in headers) {
    if (!name.startsWith(PARAM_PREFIX)) continue
    const value = headerValue(headers, name)
    if (value !== undefined) found.set(name.slice(PARAM_PREFIX.length), decodeHeader(name, value))
  }
  return found
}

/**
 * `=?base64?…?=` holds UTF-8; a value that lacks either mark is meant literally.
 *
 * @throws GatewayError `HEADER_MISMATCH` when it is not canonical base64 of valid UTF-8
 */
function decodeHeader(name: string, value: string): string {
  const isMarked =
    value.startsWith(BASE64_PREFIX) &&
    value.endsWith(BASE64_SUFFIX) &&
    value.length >= BASE64_PREFIX.length + BASE64_SUFFIX.length
  if (!isMarked) return value
  const encoded = value.slice(BASE64_PREFIX.length, -BASE64_SUFFIX.length)
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded) throw badBase64(name)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw badBase64(name, cause)
  }
}

function badBase64(name: string, cause?: unknown): GatewayError {
  return new GatewayError('HEADER_MISMATCH', `${name}: not base64 of UTF-8 text`, { cause })
}

export function missingHeader(name: string): GatewayError {
  return new GatewayError('HEADER_MISMATCH', `${name}: this header is required`)
}

export function disagreement(name: string, header: string, body: string): GatewayError {
  return new GatewayError('HEADER_MISMATCH', `${name}: the header and the body disagree`, {
    data: { mismatch: { header, body } },
  })
}
