import { v7 as uuidv7 } from 'uuid'
import { newCallId } from '../../src/calls/call-id.js'
import type { CallRecord } from '../../src/domain/call.js'

/** A call that has ended: in the shard without a suffix, a moment ago. */
export function aCall(change: Partial<CallRecord> = {}): CallRecord {
  const createdAt = change.createdAt ?? Date.now()
  return {
    endpointId: 'acme',
    callId: newCallId(1),
    mcpType: 'tool',
    name: 'lookup',
    userId: 'ann',
    arguments: { city: 'Bern' },
    content: { content: [{ type: 'text', text: '21 °C' }] },
    status: 'completed',
    timeSpentMs: 12.5,
    bundleSha256: 'ab12',
    protocolVersion: '2026-07-28',
    createdAt,
    updatedAt: createdAt + 13,
    ...change,
  }
}

/** The id of a call that began at that time: milliseconds since 1970. */
export function idAt(timeMs: number, shard = 0): string {
  return `${uuidv7({ msecs: timeMs }).slice(0, -2)}${shard.toString(16).padStart(2, '0')}`
}
