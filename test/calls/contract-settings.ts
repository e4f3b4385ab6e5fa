import { expect, it } from 'vitest'
import type { CallRecord } from '../../src/domain/call.js'
import { aCall } from './a-call.js'
import { type Engine, openCalls, rowOf, waitUntil } from './engines.js'

const invalid = expect.objectContaining({ code: 'INVALID_PARAMS' })

export function promiseSettings(engine: () => Engine): void {
  it('lie in one partition, with nothing taken out, until somebody says otherwise', async () => {
    const calls = openCalls(engine().aws)
    expect(await calls.settings('plain')).toEqual({ shards: 1, redact: [] })
    expect(calls.open('plain').callId).toMatch(/00$/)
  })

  it('never lie in fewer partitions than before', async () => {
    const calls = openCalls(engine().aws)
    expect(await calls.changeSettings('grown', { shards: 8 })).toEqual({ shards: 8, redact: [] })
    expect(await calls.changeSettings('grown', { shards: 8 })).toEqual({ shards: 8, redact: [] })
    await expect(calls.changeSettings('grown', { shards: 7 })).rejects.toEqual(invalid)
    expect(await openCalls(engine().aws).settings('grown')).toEqual({ shards: 8, redact: [] })
  })

  it.each([
    { shards: 0 },
    { shards: 257 },
    { shards: 1.5 },
    { shards: NaN },
    { redact: ['password'] },
    { redact: ['/a~2'] },
    { redact: [`/${'x'.repeat(1000)}`] },
    { redact: Array.from({ length: 101 }, (_, n) => `/${n}`) },
  ])('are not recorded as nobody can want it (%#)', async (change) => {
    const calls = openCalls(engine().aws)
    await expect(calls.changeSettings('strange', change)).rejects.toEqual(invalid)
    expect(await calls.settings('strange')).toEqual({ shards: 1, redact: [] })
  })

  it('follow every change of several at the same time', async () => {
    const instances = [openCalls(engine().aws), openCalls(engine().aws)]
    await Promise.all([
      instances[0]?.changeSettings('both', { shards: 4 }),
      instances[1]?.changeSettings('both', { redact: ['/a'] }),
    ])
    const after = { shards: 4, redact: ['/a'] }
    expect(await openCalls(engine().aws).settings('both')).toEqual(after)
  })

  it('hold nothing of what their endpoint wants taken out, however they are written', async () => {
    const endpointId = 'redacting'
    const calls = openCalls(engine().aws, { startAfterMs: 10 })
    await calls.changeSettings(endpointId, { redact: ['/password', '/cards/0/number'] })
    const secret = 'hunter2'
    const said = { password: secret, cards: [{ number: secret, name: 'ann' }] }
    const kept = { password: '[redacted]', cards: [{ number: '[redacted]', name: 'ann' }] }
    const check = async (call: CallRecord, extra: object = {}) => {
      const read = await calls.read(endpointId, call.callId)
      expect(read?.arguments).toEqual({ ...kept, ...extra })
      expect(JSON.stringify(await rowOf(engine().aws, call))).not.toContain(secret)
    }

    const short = calls.open(endpointId)
    const shortCall = aCall({ endpointId, callId: short.callId, arguments: said })
    await short.end(shortCall)
    await check(shortCall)

    const large = calls.open(endpointId)
    const extra = { text: 'x'.repeat(40_000) }
    const largeCall = aCall({ endpointId, callId: large.callId, arguments: { ...said, ...extra } })
    await large.end(largeCall)
    await check(largeCall, extra)

    const long = calls.open(endpointId)
    const longCall = aCall({ endpointId, callId: long.callId, arguments: said })
    long.describe(() => ({ ...longCall, status: 'in_process', deadline: Date.now() + 60_000 }))
    await waitUntil(async () => expect(await rowOf(engine().aws, longCall)).toBeDefined())
    await check(longCall)
    await long.end(longCall)
    await check(longCall)

    // What one endpoint wants is no other's.
    const other = aCall({ endpointId: 'plain', arguments: said })
    await calls.finish(other)
    expect(await calls.read('plain', other.callId)).toEqual(other)
  })

  it('follow a change that another instance made within a moment', async () => {
    const endpointId = 'told'
    let nowMs = Date.now()
    const calls = openCalls(engine().aws, { clock: { now: () => nowMs } })
    await calls.finish(aCall({ endpointId }))
    await openCalls(engine().aws).changeSettings(endpointId, { redact: [''], shards: 2 })
    nowMs += 1500
    const call = aCall({ endpointId })
    await calls.finish(call)
    expect(await calls.read(endpointId, call.callId)).toMatchObject({ arguments: '[redacted]' })
    expect(await calls.settings(endpointId)).toEqual({ shards: 2, redact: [''] })
  })
}
