import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../src/domain/errors.js'
import {
  checkParamHeaders,
  createStdioSession,
  type McpRequest,
  toAnswer,
  toErrorAnswer,
} from '../../src/protocol/protocol.js'

const server = { name: 'gw', version: '1.2.3' }
const asked = { id: 1, method: 'tools/list', params: {} } as const
const modern: McpRequest = { ...asked, version: '2026-07-28', era: 'modern' }
const legacy: McpRequest = { ...asked, version: '2025-11-25', era: 'legacy' }

describe('an answer', () => {
  it('goes out untouched to a legacy client', () => {
    const result = { tools: [], _meta: { a: 1 } }
    expect(toAnswer(legacy, result, server)).toEqual({ jsonrpc: '2.0', id: 1, result })
  })

  it('tells a modern client that it is complete, private, how long it holds and who made it [M14, M32]', () => {
    expect(toAnswer(modern, { tools: [], _meta: { own: true } }, server)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        tools: [],
        resultType: 'complete',
        ttlMs: 5000,
        cacheScope: 'private',
        _meta: { own: true, 'io.modelcontextprotocol/serverInfo': server },
      },
    })
  })

  it('carries no caching hints where the method has none', () => {
    const call: McpRequest = { ...modern, method: 'tools/call', params: { name: 't' } }
    expect(toAnswer(call, { content: [] }, server)['result']).not.toHaveProperty('ttlMs')
  })
})

describe('an error', () => {
  it('that nobody foresaw says nothing of itself on the wire', () => {
    const { status, body } = toErrorAnswer(new Error('password=hunter2'), modern)
    expect(status).toBe(500)
    expect(body).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32603, message: 'Internal error' },
    })
  })

  it('keeps its message and its facts', () => {
    const error = new GatewayError('RESOURCE_NOT_FOUND', 'gone', { data: { uri: 'a://b' } })
    expect(toErrorAnswer(error, modern)).toEqual({
      status: 200,
      body: {
        jsonrpc: '2.0',
        id: 1,
        error: { code: -32602, message: 'gone', data: { uri: 'a://b' } },
      },
    })
  })

  it('has the number that each revision gives to a missing resource [M34]', () => {
    const error = new GatewayError('RESOURCE_NOT_FOUND', 'gone')
    expect(toErrorAnswer(error, legacy).body).toMatchObject({ error: { code: -32002 } })
    expect(toErrorAnswer(error, modern).body).toMatchObject({ error: { code: -32602 } })
  })
})

describe('parameter headers', () => {
  const schema = {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      nested: {
        type: 'object',
        properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } },
      },
      plain: { type: 'string' },
      odd: true,
    },
  }
  const headers = (entries: Record<string, string>) => new Map(Object.entries(entries))

  it.each([
    [{ region: 'eu' }, { region: 'eu' }],
    [{ region: null }, {}],
    [{ plain: 'x' }, {}],
    [{ nested: { count: 42 } }, { count: '42.0' }],
    [{ region: 'eu' }, { region: 'eu', other: 'ignored' }],
  ])('%j fits %j', (args, sent) => {
    expect(() => checkParamHeaders(schema, args, headers(sent))).not.toThrow()
  })

  it.each([
    [{ region: 'eu' }, {}],
    [{ region: 'eu' }, { region: 'us' }],
    [{ nested: { count: 42 } }, { count: '43' }],
    [{ nested: { count: 0 } }, { count: '' }],
    [{ nested: { count: 7 } }, { count: '0x7' }],
    [{ nested: { count: 7 } }, { count: '7e0' }],
  ])('%j does not fit %j', (args, sent) => {
    expect(() => checkParamHeaders(schema, args, headers(sent))).toThrow(
      expect.objectContaining({ code: 'HEADER_MISMATCH' }),
    )
  })

  it('are not looked for without a schema', () => {
    expect(() => checkParamHeaders(undefined, { region: 'eu' }, headers({}))).not.toThrow()
  })
})

describe('a stdio session', () => {
  const line = (method: string, params: object = {}) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const handshake = (protocolVersion: string) =>
    line('initialize', {
      protocolVersion,
      capabilities: {},
      clientInfo: { name: 'c', version: '1' },
    })
  const envelope = (version: string) => ({
    _meta: {
      'io.modelcontextprotocol/protocolVersion': version,
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  })

  it.each([
    ['2024-11-05', '2024-11-05'],
    ['2025-06-18', '2025-06-18'],
    ['2026-07-28', '2025-11-25'],
    ['1999-01-01', '2025-11-25'],
  ])('that asked for %s speaks %s from then on', (wanted, spoken) => {
    const session = createStdioSession()
    session.read(handshake(wanted))
    expect(session.read(line('tools/list'))).toMatchObject({ request: { version: spoken } })
  })

  it('remembers the log level that was set', () => {
    const session = createStdioSession()
    session.read(line('logging/setLevel', { level: 'error' }))
    expect(session.read(line('tools/list'))).toMatchObject({ request: { logLevel: 'error' } })
  })

  it('serves requests that stand alone, without any headers', () => {
    const session = createStdioSession()
    expect(session.read(line('server/discover', envelope('2026-07-28')))).toMatchObject({
      kind: 'request',
      request: { era: 'modern' },
    })
  })

  it('refuses revisions that it does not know, lines that are no JSON, and batches', () => {
    const session = createStdioSession()
    expect(session.read(line('tools/list', envelope('2099-01-01')))).toMatchObject({
      kind: 'refused',
      id: 1,
      error: { code: 'UNSUPPORTED_VERSION' },
    })
    expect(session.read('{nope')).toMatchObject({ error: { code: 'PARSE_ERROR' } })
    expect(session.read('[]')).toMatchObject({ error: { code: 'INVALID_REQUEST' } })
  })

  it('tells notifications and responses apart', () => {
    const session = createStdioSession()
    const note = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":4}}'
    expect(session.read(note)).toMatchObject({ kind: 'notification' })
    expect(session.read('{"jsonrpc":"2.0","id":4,"error":{}}').kind).toBe('response')
  })
})
