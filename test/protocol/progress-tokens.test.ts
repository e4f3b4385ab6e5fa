import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROTOCOL_VERSIONS } from '../../src/protocol/message.js'
import { messagesOf, rest } from '../support/event-stream.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { MODERN } from '../support/raw-client.js'
import { openSession } from '../support/session.js'

let test: TestGateway
const legacyHeaders = new Map<string, Record<string, string>>()
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('progress_tools')
  for (const version of PROTOCOL_VERSIONS)
    if (version !== MODERN)
      legacyHeaders.set(version, await openSession(test.url, { token: ADMIN_TOKEN, version }))
})
afterAll(() => test.stop())

const modernHeaders = {
  authorization: `Bearer ${ADMIN_TOKEN}`,
  'content-type': 'application/json',
  'mcp-protocol-version': MODERN,
  'mcp-method': 'tools/call',
  'mcp-name': 'wander',
}
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
}

function wander(version: string, token: object): Promise<Response> {
  const headers = legacyHeaders.get(version) ?? modernHeaders
  const meta = { ...(version === MODERN && modernMeta), ...token }
  const params = { name: 'wander', arguments: {}, _meta: meta }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  return fetch(`${test.url}/mcp`, { method: 'POST', headers, body })
}

const TOKENS: readonly unknown[] = [
  'a-token',
  '',
  '7',
  7,
  0,
  -1,
  0.5,
  2 ** 60,
  true,
  false,
  [],
  ['a', [null]],
  {},
  { n: 1, deep: { list: [1, '2'] } },
]

describe.each(PROTOCOL_VERSIONS)('progress in %s', (version) => {
  it.each(TOKENS.map((token) => [JSON.stringify(token), token]))(
    'comes back under the token %s as it was sent, and its values rise [M60]',
    async (_json, progressToken) => {
      const messages = await rest(messagesOf(await wander(version, { progressToken })))
      const answer = messages.pop()
      expect(answer).toMatchObject({ id: 1, result: { content: [{ text: 'arrived' }] } })
      expect(messages).toEqual(
        [1, 2, 2.5].map((progress) => ({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken, progress, total: 3 },
        })),
      )
    },
  )

  it.each([
    ['no token', {}],
    ['null', { progressToken: null }],
  ])('is not told with %s for a token [M60]', async (_name, token) => {
    const response = await wander(version, token)
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    const told = isStream ? await rest(messagesOf(response)) : [await response.json()]
    expect(told).toMatchObject([{ id: 1, result: { content: [{ text: 'arrived' }] } }])
  })
})
