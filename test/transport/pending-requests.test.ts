import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/protocol/protocol.js'
import { createPendingRequests } from '../../src/transport/pending-requests.js'

const ann = { endpointId: 'acme', userId: 'ann', sessionId: 's1' }

function setup(maxPending = 10) {
  const pending = createPendingRequests(maxPending)
  const sent: JsonObject[] = []
  const ask = (signal = new AbortController().signal) =>
    pending.ask(ann, {
      method: 'roots/list',
      params: { a: 1 },
      send: (message) => sent.push(message),
      signal,
    })
  const lastId = () => String(sent.at(-1)?.['id'])
  return { pending, sent, ask, lastId }
}

describe('a request to a client', () => {
  it('is a JSON-RPC request, and its response settles it once', async () => {
    const { pending, sent, ask, lastId } = setup()
    const answered = ask()
    expect(sent).toEqual([{ jsonrpc: '2.0', id: lastId(), method: 'roots/list', params: { a: 1 } }])
    const response = { kind: 'response', id: lastId(), result: { roots: [] } } as const
    expect(pending.answer(ann, response)).toBe(true)
    expect(await answered).toEqual({ roots: [] })
    expect(pending.answer(ann, response)).toBe(false)
    expect(pending.size).toBe(0)
  })

  it.each([
    ['endpoint', { ...ann, endpointId: 'other' }],
    ['user', { ...ann, userId: 'bea' }],
    ['session', { ...ann, sessionId: 's2' }],
  ])('cannot be answered from another %s', async (_what, other) => {
    const { pending, ask, lastId } = setup()
    const answered = ask()
    expect(pending.answer(other, { kind: 'response', id: lastId(), result: 'forged' })).toBe(false)
    expect(pending.answer(ann, { kind: 'response', id: 'unknown', result: 1 })).toBe(false)
    pending.answer(ann, { kind: 'response', id: lastId(), result: 'real' })
    expect(await answered).toBe('real')
  })

  it("that the client refuses fails with the client's words, cut short", async () => {
    const { pending, ask, lastId } = setup()
    const answered = ask()
    const error = { code: -1, message: `no! ${'x'.repeat(1000)}` }
    pending.answer(ann, { kind: 'response', id: lastId(), error })
    await expect(answered).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: expect.stringMatching(/^the client refused to answer: no! x{496} \(-1\)$/),
    })
  })

  it('whose call ends is taken back, and the client is told', async () => {
    const { pending, sent, ask, lastId } = setup()
    const call = new AbortController()
    const answered = ask(call.signal)
    const requestId = lastId()
    call.abort()
    await expect(answered).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(sent.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId } })
    expect(pending.answer(ann, { kind: 'response', id: requestId, result: 1 })).toBe(false)
    await expect(ask(call.signal)).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(sent).toHaveLength(2)
  })

  it('is not sent when too many wait already, or when the clients have gone', async () => {
    const { pending, sent, ask } = setup(1)
    const first = ask()
    await expect(ask()).rejects.toMatchObject({ code: 'BUSY' })
    pending.close()
    await expect(first).rejects.toMatchObject({ code: 'FUNCTION_FAILED' })
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining('gone') })
    expect(sent).toHaveLength(1)
  })
})
