import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerOf, messagesOf, rest } from '../support/event-stream.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { envelope } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { openSession } from '../support/session.js'

let a: TestGateway
/** Another instance: it shares the database with the first and nothing else. */
let b: TestGateway
let token: string
beforeAll(async () => {
  a = await startTestGateway()
  b = await startTestGateway({ sharing: a })
  await a.publish('journey_tools')
  token = await a.tokenFor('ann')
})
afterAll(async () => {
  await b.stop()
  await a.stop()
})

type Headers = Record<string, string>

const message = (method: string, params: object = {}, id: number | string = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})
const toolCall = (name: string, args: object = {}, id: number | string = 1) =>
  message('tools/call', { name, arguments: args }, id)

const post = (gateway: TestGateway, headers: Headers, body: unknown) =>
  fetch(`${gateway.url}/default/mcp`, { method: 'POST', headers, body: JSON.stringify(body) })

const end = (gateway: TestGateway, headers: Headers) =>
  fetch(`${gateway.url}/default/mcp`, { method: 'DELETE', headers })

const open = (version?: string) => openSession(a.url, { token, version })

describe('a session over HTTP', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'of %s is served by every instance in that revision, with and without its header',
    async (version) => {
      const headers = await open(version)
      expect(headers['mcp-session-id']).toMatch(/^[\x21-\x7e]{1,1024}$/)
      for (const gateway of [a, b])
        for (const more of [{}, { 'mcp-protocol-version': version }]) {
          const answer = await post(gateway, { ...headers, ...more }, toolCall('whoami'))
          expect(await answerOf(answer)).toMatchObject({
            result: { structuredContent: { userId: 'ann' } },
          })
          expect(answer.headers.has('mcp-session-id')).toBe(false)
        }
      const [record] = await readStoredCalls(a.dataFolder)
      expect(record).toMatchObject({
        protocol_version: version,
        session_id: expect.stringMatching(/^[\w-]{22}$/),
      })
    },
  )

  it.each<[string, unknown]>([
    ['a request', message('ping')],
    ['a request of an unknown method', message('nope')],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['a response', { jsonrpc: '2.0', id: 1, result: {} }],
    ['a batch', [message('ping')]],
  ])('%s without it is 400, with an unknown one 404', async (_what, body) => {
    const { 'mcp-session-id': _token, ...without } = await open()
    const missing = await post(a, without, body)
    expect(missing.status).toBe(400)
    expect(await missing.json()).toMatchObject({ error: { code: -32600 } })
    const unknown = await post(a, { ...without, 'mcp-session-id': 'x' }, body)
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ error: { code: -31013 } })
  })

  it('keeps the id of what it refuses', async () => {
    const answer = await post(a, { ...(await open()), 'mcp-session-id': 'x' }, message('ping'))
    expect(await answer.json()).toMatchObject({ id: 1 })
  })

  it('of another user or endpoint is 404', async () => {
    const { 'mcp-session-id': sessionToken = '' } = await open()
    const bob = { authorization: `Bearer ${await a.tokenFor('bob')}` }
    const headers = { 'content-type': 'application/json', 'mcp-session-id': sessionToken }
    expect((await post(a, { ...headers, ...bob }, message('ping'))).status).toBe(404)
    const acme = { authorization: `Bearer ${await a.tokenFor('ann', 'acme')}` }
    const elsewhere = await fetch(`${a.url}/acme/mcp`, {
      method: 'POST',
      headers: { ...headers, ...acme },
      body: JSON.stringify(message('ping')),
    })
    expect(elsewhere.status).toBe(404)
  })

  it('with the header of another revision is 400, of an unknown one too', async () => {
    const headers = await open('2025-06-18')
    for (const version of ['2025-11-25', '1999-01-01']) {
      const more = { 'mcp-protocol-version': version }
      expect((await post(a, { ...headers, ...more }, message('ping'))).status).toBe(400)
    }
    const wrong = { 'mcp-protocol-version': '2025-11-25' }
    expect((await end(a, { ...headers, ...wrong })).status).toBe(400)
    expect((await post(a, headers, message('ping'))).status).toBe(200)
  })

  it('is ended by DELETE: at once here, within 2 s on every instance [L7]', async () => {
    const headers = await open()
    for (const gateway of [a, b])
      expect((await post(gateway, headers, message('ping'))).status).toBe(200)
    const endedAt = Date.now()
    const ended = await end(a, headers)
    expect(ended.status).toBe(204)
    expect(await ended.text()).toBe('')
    expect((await post(a, headers, message('ping'))).status).toBe(404)
    expect((await end(a, headers)).status).toBe(404)
    await expect
      .poll(async () => (await post(b, headers, message('ping'))).status, { timeout: 5000 })
      .toBe(404)
    expect(Date.now() - endedAt).toBeLessThan(2000)
  })

  it('is asked for by DELETE as by every request', async () => {
    const { 'mcp-session-id': _token, ...without } = await open()
    expect((await end(a, without)).status).toBe(400)
    expect((await end(a, { ...without, 'mcp-session-id': 'x' })).status).toBe(404)
    const { authorization: _token2, ...nobody } = await open()
    expect((await end(a, nobody)).status).toBe(401)
  })

  it('is begun anew by each handshake, and not by one that fails', async () => {
    const headers = await open()
    const again = await open()
    expect(again['mcp-session-id']).not.toBe(headers['mcp-session-id'])
    const failed = await post(a, headers, message('initialize', { protocolVersion: 4 }))
    expect(await failed.json()).toMatchObject({ error: { code: -32602 } })
    expect(failed.headers.has('mcp-session-id')).toBe(false)
  })

  it('sets what is heard of a log, on every instance within 2 s', async () => {
    const headers = await open()
    const isHeard = async (gateway: TestGateway) => {
      const answer = await post(gateway, headers, toolCall('steps'))
      return (await answer.text()).includes('notifications/message')
    }
    expect(await isHeard(a)).toBe(true)
    expect(await isHeard(b)).toBe(true)
    const set = await post(a, headers, message('logging/setLevel', { level: 'emergency' }))
    expect(await answerOf(set)).toMatchObject({ result: {} })
    expect(await isHeard(a)).toBe(false)
    await expect.poll(() => isHeard(b), { timeout: 5000 }).toBe(false)
  })
})

describe('a request of 2026-07-28', () => {
  const modern = {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/list',
  }
  const params = { _meta: envelope() }

  it('needs no session, is told none, and is served whatever it sends as one [M1]', async () => {
    const { 'mcp-session-id': _token, ...without } = await open()
    for (const more of [{}, { 'mcp-session-id': 'anything' }]) {
      const headers = { ...without, ...modern, ...more }
      const answer = await post(a, headers, message('tools/list', params))
      expect(answer.status).toBe(200)
      expect(answer.headers.has('mcp-session-id')).toBe(false)
    }
  })
})

describe('a batch over HTTP', () => {
  it('is answered with an array, one answer for each request, in order [L13]', async () => {
    const answer = await post(a, await open('2025-03-26'), [
      toolCall('echo', { text: 'a' }, 'a'),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 7, method: 'nope' },
      4,
      message('ping', {}, 3),
    ])
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('application/json')
    expect(await answer.json()).toMatchObject([
      { id: 'a', result: { content: [{ text: 'a' }] } },
      { id: 7, error: { code: -32601 } },
      { error: { code: -32600 } },
      { id: 3, result: {} },
    ])
  })

  it('is answered in a stream when a function has something to say on the way', async () => {
    const answer = await post(a, await open('2025-03-26'), [
      toolCall('steps', {}, 1),
      toolCall('echo', { text: 'b' }, 2),
    ])
    expect(answer.headers.get('content-type')).toBe('text/event-stream')
    const messages = await rest(messagesOf(answer))
    expect(messages.filter(({ method }) => method === 'notifications/message')).toHaveLength(3)
    expect(messages.slice(-2)).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: {} },
    ])
  })

  it('of a hundred calls has each of them served', async () => {
    const calls = Array.from({ length: 100 }, (_, id) => toolCall('echo', { text: `${id}` }, id))
    const answer = await post(a, await open('2025-03-26'), calls)
    const answers = (await answer.json()) as { id: number; result: object }[]
    expect(answers.map(({ id }) => id)).toEqual(calls.map(({ id }) => id))
    for (const { id, result } of answers)
      expect(result).toMatchObject({ content: [{ text: `${id}` }] })
  })

  it('that asks for nothing gets 202 and no body', async () => {
    const answer = await post(a, await open('2025-03-26'), [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 4, result: {} },
    ])
    expect(answer.status).toBe(202)
    expect(await answer.text()).toBe('')
  })

  it.each<[string, string, unknown]>([
    ['of nothing', '2025-03-26', []],
    ['in a revision without batches', '2025-06-18', [message('ping')]],
  ])('%s is 400', async (_what, version, body) => {
    const answer = await post(a, await open(version), body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ error: { code: -32600 } })
  })
})
