import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/domain/session.js'
import { type HttpHeaders, readHttpMessage, toErrorAnswer } from '../../src/protocol/protocol.js'

const VERSION = 'io.modelcontextprotocol/protocolVersion'
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const LOG_LEVEL = 'io.modelcontextprotocol/logLevel'
const envelope = { [VERSION]: '2026-07-28', [CAPABILITIES]: {} }

const modernHeaders = (method: string, more: object = {}) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': method,
  ...more,
})

const modern = (method: string, params: object = {}, meta: object = envelope) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: meta } })

const legacy = (method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method, params })

const sessionOf = (version: string): Session => ({
  id: 's-1',
  endpointId: 'acme',
  userId: 'ann',
  version,
  capabilities: new Set(),
  client: { name: 'c', version: '1' },
  expiresAt: 0,
})

/** A message as it is in the end: one that needs a session is read in one. */
function readMessage(headers: HttpHeaders, body: string, version = '2025-11-25') {
  const message = readHttpMessage(headers, body)
  return message.kind === 'session' ? message.read(sessionOf(version), 'info') : message
}

/** Status and code of the answer that a refused message gets. */
function refusalOf(headers: Record<string, string>, body: string) {
  const message = readMessage(headers, body)
  if (message.kind !== 'refused') throw new Error(`expected a refusal, got ${message.kind}`)
  const { status, body: answer } = toErrorAnswer(message.error, message)
  return { status, ...answer } as {
    status: number
    id?: unknown
    error: { code: number; message: string; data?: unknown }
  }
}

describe('a legacy HTTP message', () => {
  it('waits for its session, whose revision it is read in', () => {
    const waiting = readHttpMessage({ 'mcp-session-id': ' token ' }, legacy('tools/list'))
    expect(waiting).toMatchObject({ kind: 'session', token: 'token', id: 7 })
    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])
      expect(readMessage({}, legacy('tools/list'), version)).toMatchObject({
        kind: 'request',
        request: { id: 7, method: 'tools/list', version, era: 'legacy', session: { id: 's-1' } },
      })
  })

  it('may repeat the revision of its session in its header, and name no other', () => {
    const headers = { 'mcp-protocol-version': '2025-06-18' }
    expect(readMessage(headers, legacy('ping'), '2025-06-18').kind).toBe('request')
    const refusal = refusalOf(headers, legacy('ping'))
    expect(refusal).toMatchObject({ status: 400, id: 7, error: { code: -32600 } })
    expect(refusal.error.message).toContain('2025-11-25')
  })

  it('whose session speaks what only another release does has none here', () => {
    const message = readMessage({}, legacy('ping'), '2031-01-01')
    expect(message).toMatchObject({ kind: 'refused', id: 7, error: { code: 'SESSION_NOT_FOUND' } })
  })

  it('may ask to initialize whatever its header says', () => {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    }
    const message = readMessage(
      { 'mcp-protocol-version': '1999-01-01' },
      legacy('initialize', params),
    )
    expect(message).toMatchObject({ kind: 'request', request: { method: 'initialize' } })
  })

  it('is refused with 400 when its header names a revision that nobody knows [L5]', () => {
    const refusal = refusalOf({ 'mcp-protocol-version': '1999-01-01' }, legacy('tools/list'))
    expect(refusal).toMatchObject({ status: 400, id: 7, error: { code: -32022 } })
  })

  it('hears of an unknown method in the body, on a 200', () => {
    const refusal = refusalOf({}, legacy('server/discover'))
    expect(refusal).toMatchObject({ status: 200, error: { code: -32601 } })
  })

  it('keeps its progress token, and is shown logs from info on', () => {
    const message = readMessage({}, legacy('ping', { _meta: { progressToken: 'p-1' } }))
    expect(message).toMatchObject({ request: { progressToken: 'p-1', logLevel: 'info' } })
  })
})

describe('any message', () => {
  it.each([
    ['not JSON', '{', -32700],
    ['empty', '', -32700],
    ['a batch', '[]', -32600],
    ['a string', '"x"', -32600],
    ['null', 'null', -32600],
    ['another JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600],
    ['a fractional id', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600],
    ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":4}', -32600],
    ['params in a list', '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600],
    ['null params', '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', -32600],
  ])('that is %s is refused with 400', (_what, body, code) => {
    expect(refusalOf({}, body)).toMatchObject({ status: 400, error: { code } })
  })

  it('answers without an id when none could be read [M8]', () => {
    expect(refusalOf({}, '{"jsonrpc":"2.0","id":null,"method":"ping"}')).not.toHaveProperty('id')
    expect(refusalOf({}, '{')).not.toHaveProperty('id')
  })

  it('keeps the id of a refused message that has one', () => {
    expect(refusalOf({}, '{"jsonrpc":"1.0","id":"a","method":"ping"}')).toMatchObject({ id: 'a' })
  })

  it.each([
    ['arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['objects', `${'{"a":'.repeat(65)}1${'}'.repeat(65)}`],
  ])('that nests %s too deep is refused before it is parsed', (_what, value) => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${value}}}`
    const refusal = refusalOf({}, body)
    expect(refusal).toMatchObject({ status: 400, error: { code: -32600 } })
    expect(refusal.error.message).toContain('64')
  })

  it('may hold any number of brackets inside a string', () => {
    const text = `${'['.repeat(500)}\\"${'{'.repeat(500)}\\\\`
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${text}"}}`
    expect(readMessage({}, body).kind).toBe('request')
  })

  it('that is a notification or a response is told apart from a request', () => {
    const note = '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    expect(readMessage({}, note)).toMatchObject({ kind: 'notification' })
    expect(readMessage({}, '{"jsonrpc":"2.0","id":1,"result":{}}').kind).toBe('response')
  })

  it.each([
    ['tools/call', {}, 'params.name: must be a string'],
    ['tools/call', { name: 'x', arguments: [] }, 'params.arguments: must be an object'],
    ['tools/list', { cursor: 4 }, 'params.cursor: must be a string'],
    ['resources/read', { uri: 4 }, 'params.uri: must be a string'],
    ['prompts/get', { name: 'x', arguments: { a: 1 } }, 'params.arguments.a: must be a string'],
    ['logging/setLevel', { level: 'loud' }, 'params.level: must be one of debug'],
    ['completion/complete', { ref: 1, argument: 2 }, 'params.argument: must be an object'],
    ['initialize', { protocolVersion: 1 }, 'params.clientInfo: must be an object'],
  ])('%s with wrong params %j says which and why', (method, params, expected) => {
    const refusal = refusalOf({}, legacy(method, params))
    expect(refusal).toMatchObject({ status: 200, error: { code: -32602 } })
    expect(refusal.error.message).toContain(expected)
  })
})

describe('a modern HTTP message', () => {
  it('stands alone: its envelope says all', () => {
    const body = modern('tools/call', { name: 't' }, { ...envelope, [LOG_LEVEL]: 'debug' })
    const message = readMessage(modernHeaders('tools/call', { 'mcp-name': 't' }), body)
    expect(message).toMatchObject({
      kind: 'request',
      request: { method: 'tools/call', era: 'modern', version: '2026-07-28', logLevel: 'debug' },
    })
  })

  it('shows no logs unless it asks for them', () => {
    const message = readMessage(modernHeaders('tools/list'), modern('tools/list'))
    expect(message).toMatchObject({ kind: 'request', request: { logLevel: undefined } })
  })

  it.each([
    ['no envelope', {}],
    ['no version', { [CAPABILITIES]: {} }],
    ['no capabilities', { [VERSION]: '2026-07-28' }],
    ['capabilities in a list', { [VERSION]: '2026-07-28', [CAPABILITIES]: [] }],
    ['a version that is no string', { [VERSION]: 4, [CAPABILITIES]: {} }],
    ['an unknown log level', { ...envelope, [LOG_LEVEL]: 'loud' }],
    ['a client without a name', { ...envelope, 'io.modelcontextprotocol/clientInfo': {} }],
  ])('with %s is refused with 400 and -32602 [M10, M11]', (_what, meta) => {
    const refusal = refusalOf(modernHeaders('tools/list'), modern('tools/list', {}, meta))
    expect(refusal).toMatchObject({ status: 400, id: 7, error: { code: -32602 } })
    expect(refusal.error.message).toContain('_meta["io.modelcontextprotocol/')
  })

  it('of an unknown revision is told which are served [M12]', () => {
    const meta = { ...envelope, [VERSION]: '2099-01-01' }
    const headers = modernHeaders('tools/list', { 'mcp-protocol-version': '2099-01-01' })
    expect(refusalOf(headers, modern('tools/list', {}, meta))).toMatchObject({
      status: 400,
      error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } },
    })
  })

  it.each<[string, Record<string, string>]>([
    [
      'another version in the header',
      { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'tools/call', 'mcp-name': 't' },
    ],
    ['no version header', { 'mcp-method': 'tools/call', 'mcp-name': 't' }],
    ['another method in the header', modernHeaders('tools/list', { 'mcp-name': 't' })],
    ['another case in the method', modernHeaders('TOOLS/CALL', { 'mcp-name': 't' })],
    ['no method header', { 'mcp-protocol-version': '2026-07-28', 'mcp-name': 't' }],
    ['another name in the header', modernHeaders('tools/call', { 'mcp-name': 'u' })],
    ['no name header', modernHeaders('tools/call')],
    ['broken base64 in the name', modernHeaders('tools/call', { 'mcp-name': '=?base64?d?=' })],
    [
      'base64 of no UTF-8 in the name',
      modernHeaders('tools/call', { 'mcp-name': '=?base64?/w==?=' }),
    ],
  ])('with %s is refused with 400 and -32020 [M20, M21]', (_what, headers) => {
    const refusal = refusalOf(headers, modern('tools/call', { name: 't' }))
    expect(refusal).toMatchObject({ status: 400, id: 7, error: { code: -32020 } })
  })

  it.each([
    ['white space around it', '  t\t'],
    ['base64', '=?base64?dA==?='],
  ])('takes a name header with %s', (_what, header) => {
    const headers = modernHeaders('tools/call', { 'mcp-name': header })
    expect(readMessage(headers, modern('tools/call', { name: 't' })).kind).toBe('request')
  })

  it('takes a name literally that lacks the end of the base64 mark [M21]', () => {
    const name = '=?base64?dA=='
    const headers = modernHeaders('tools/call', { 'mcp-name': name })
    expect(readMessage(headers, modern('tools/call', { name })).kind).toBe('request')
  })

  it('with broken base64 in the name is refused even if its body names nothing', () => {
    const headers = modernHeaders('tools/call', { 'mcp-name': '=?base64?d?=' })
    expect(refusalOf(headers, modern('tools/call', { name: 4 }))).toMatchObject({
      status: 400,
      error: { code: -32020 },
    })
  })

  it('decodes parameter headers', () => {
    const headers = modernHeaders('tools/call', {
      'mcp-name': 't',
      'mcp-param-region': '=?base64?SGVsbG8sIOS4lueVjA==?=',
    })
    const message = readMessage(headers, modern('tools/call', { name: 't' }))
    if (message.kind !== 'request') throw new Error('expected a request')
    expect(message.request.paramHeaders?.get('region')).toBe('Hello, 世界')
  })

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'no/such',
    '',
    '__proto__',
  ])('%s is not a method of this revision: 404', (method) => {
    const refusal = refusalOf(modernHeaders(method), modern(method))
    expect(refusal).toMatchObject({ status: 404, id: 7, error: { code: -32601 } })
  })

  it('may not be a response [M2]', () => {
    const headers = { 'mcp-protocol-version': '2026-07-28' }
    const refusal = refusalOf(headers, '{"jsonrpc":"2.0","id":1,"result":{}}')
    expect(refusal).toMatchObject({ status: 400, error: { code: -32600 } })
    // Its id is of a request of ours: sent back, it would look like an answer to theirs.
    expect(refusal).not.toHaveProperty('id')
  })

  it('may be a notification without any of the headers of requests [M3]', () => {
    const note = '{"jsonrpc":"2.0","method":"notifications/x"}'
    const message = readMessage({ 'mcp-protocol-version': '2026-07-28' }, note)
    expect(message.kind).toBe('notification')
  })

  it('that names a legacy revision in its body is served as that', () => {
    const meta = { ...envelope, [VERSION]: '2025-11-25' }
    const headers = { 'mcp-protocol-version': '2025-11-25' }
    expect(readMessage(headers, modern('ping', {}, meta))).toMatchObject({
      request: { era: 'legacy', version: '2025-11-25' },
    })
  })

  it('needs no session, and takes no notice of one', () => {
    const headers = modernHeaders('tools/list', { 'mcp-session-id': 'anything' })
    const message = readHttpMessage(headers, modern('tools/list'))
    expect(message).toMatchObject({ kind: 'request', request: { era: 'modern' } })
    expect(message).not.toHaveProperty('request.session')
  })
})
