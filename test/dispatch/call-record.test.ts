import { describe, expect, it } from 'vitest'
import { toRecord } from '../../src/dispatch/call-record.js'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

const traceIdOf = (traceparent: string | undefined) =>
  toRecord(
    {
      caller: { endpointId: 'acme', userId: 'ann', roles: [] },
      request: { version: '2026-07-28', trace: { traceparent } },
      fn: { name: 'greet' },
    } as unknown as Parameters<typeof toRecord>[0],
    { callId: 'c', createdAt: 1, turn: { target: { bundle: {} } } } as unknown as Parameters<
      typeof toRecord
    >[1],
    { now: 2 },
  ).traceId

describe('the record of a call', () => {
  it.each([
    ['of version 00', `00-${TRACE}-${PARENT}-01`],
    ['of a later version', `cc-${TRACE}-${PARENT}-01`],
    ['of a later version that says more', `cc-${TRACE}-${PARENT}-01-what-comes`],
  ])('has the trace of a traceparent %s [M62]', (_what, traceparent) => {
    expect(traceIdOf(traceparent)).toBe(TRACE)
  })

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['an unknown version', `ff-${TRACE}-${PARENT}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ['a short trace', `00-${TRACE.slice(1)}-${PARENT}-01`],
    ['more than version 00 has', `00-${TRACE}-${PARENT}-01-more`],
    ['something before it', ` 00-${TRACE}-${PARENT}-01`],
  ])('has no trace when the traceparent is %s', (_what, traceparent) => {
    expect(traceIdOf(traceparent)).toBeUndefined()
  })
})
