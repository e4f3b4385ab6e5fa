import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/domain/session.js'
import { createStdioSession, readHttpMessage, toErrorAnswer } from '../../src/protocol/protocol.js'

const BATCHES = '2025-03-26'

const ping = (id: number | string) => ({ jsonrpc: '2.0', id, method: 'ping' })
const initialize = (protocolVersion: string) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
})
const standingAlone = {
  jsonrpc: '2.0',
  id: 9,
  method: 'tools/list',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  },
}

function readOverHttp(body: unknown, version: string, headers = {}) {
  const session: Session = {
    id: 's-1',
    endpointId: 'acme',
    userId: 'ann',
    version,
    capabilities: new Set(),
    client: { name: 'c', version: '1' },
    expiresAt: 0,
  }
  const message = readHttpMessage(headers, JSON.stringify(body))
  return message.kind === 'session' ? message.read(session, 'info') : message
}

function readOverStdio(body: unknown, version: string) {
  const session = createStdioSession()
  session.read(JSON.stringify(initialize(version)))
  return session.read(JSON.stringify(body))
}

describe.each([
  ['HTTP', readOverHttp],
  ['stdio', readOverStdio],
])('a batch over %s', (_transport, read) => {
  it('is read message by message, in order', () => {
    const note = { jsonrpc: '2.0', method: 'notifications/initialized' }
    const answer = { jsonrpc: '2.0', id: 4, result: {} }
    expect(read([ping(1), note, ping('b'), answer], BATCHES)).toMatchObject({
      kind: 'batch',
      messages: [
        { kind: 'request', request: { id: 1, version: BATCHES } },
        { kind: 'notification' },
        { kind: 'request', request: { id: 'b' } },
        { kind: 'response' },
      ],
    })
  })

  it.each(['2024-11-05', '2025-06-18', '2025-11-25'])('is refused in revision %s', (version) => {
    const refused = read([ping(1)], version)
    if (refused.kind !== 'refused') throw new Error('it was taken')
    expect(toErrorAnswer(refused.error, refused)).toMatchObject({
      status: 400,
      body: { error: { code: -32600, message: expect.stringContaining(BATCHES) } },
    })
  })

  it.each([
    ['nothing', []],
    ['101 messages', Array.from({ length: 101 }, (_, id) => ping(id))],
  ])('of %s is refused as a whole', (_what, body) => {
    expect(read(body, BATCHES)).toMatchObject({
      kind: 'refused',
      error: { code: 'INVALID_REQUEST', message: 'A batch must hold 1 to 100 messages' },
    })
  })

  it('of 100 messages is served', () => {
    const body = Array.from({ length: 100 }, (_, id) => ping(id))
    expect(read(body, BATCHES)).toMatchObject({ kind: 'batch', messages: { length: 100 } })
  })

  it.each<[string, unknown, object]>([
    ['a handshake', initialize(BATCHES), { id: 0, error: { code: 'INVALID_REQUEST' } }],
    ['a modern request', standingAlone, { id: 9, error: { code: 'INVALID_REQUEST' } }],
    ['a batch', [ping(1)], { error: { code: 'INVALID_REQUEST' } }],
    ['a number', 4, { error: { code: 'INVALID_REQUEST' } }],
    [
      'an unknown method',
      { ...ping(5), method: 'x' },
      { id: 5, error: { code: 'METHOD_NOT_FOUND' } },
    ],
  ])('refuses %s inside it, and reads the others', (_what, member, refusal) => {
    expect(read([member, ping(2)], BATCHES)).toMatchObject({
      kind: 'batch',
      messages: [
        { kind: 'refused', ...refusal },
        { kind: 'request', request: { id: 2 } },
      ],
    })
  })
})

it('a batch before any handshake is refused on stdio', () => {
  const refused = createStdioSession().read(JSON.stringify([ping(1)]))
  expect(refused).toMatchObject({ kind: 'refused', error: { code: 'INVALID_REQUEST' } })
})

it('a batch of 2026-07-28 is refused, whatever session comes with it', () => {
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-session-id': 'x' }
  const refused = readOverHttp([standingAlone], BATCHES, headers)
  expect(refused).toMatchObject({ kind: 'refused', error: { code: 'INVALID_REQUEST' } })
})
