/** Many calls at the same time, as a gateway makes them: most of them short. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Calls } from '../../src/calls/calls.js'
import type { CallRecord } from '../../src/domain/call.js'

export interface LoadOptions {
  readonly endpointId: string
  readonly count: number
  /** How many run at the same time. */
  readonly concurrency: number
}

/** One in ten goes on until it is being written down that it runs; one in forty says much. */
const LONG_EVERY = 10
const LARGE_EVERY = 40
const LARGE_CHARS = 40_000

/** @returns what was acknowledged; a call that was not makes it fail */
export async function makeCalls(calls: Calls, options: LoadOptions): Promise<CallRecord[]> {
  const { endpointId, count, concurrency } = options
  const acknowledged: CallRecord[] = []
  let next = 0
  const worker = async () => {
    while (next < count) acknowledged.push(await makeCall(calls, endpointId, next++))
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return acknowledged
}

/** @returns its record, once that is acknowledged */
export async function makeCall(calls: Calls, endpointId: string, n: number): Promise<CallRecord> {
  const open = calls.open(endpointId)
  const { callId, createdAt } = open
  const begun = aCall({ endpointId, callId, createdAt, updatedAt: createdAt, arguments: { n } })
  if (n % LONG_EVERY === LONG_EVERY - 1)
    await new Promise<void>((resolve) => {
      open.describe(() => {
        resolve()
        return { ...begun, status: 'in_process', deadline: createdAt + 60_000 }
      })
    })
  else await turn()
  const text = n % LARGE_EVERY === 0 ? 'x'.repeat(LARGE_CHARS) : 'done'
  const content = { content: [{ type: 'text', text: `${n}: ${text}` }] }
  const ended: CallRecord = { ...begun, content, updatedAt: createdAt + 5, timeSpentMs: 5 }
  await open.end(ended)
  return ended
}

type Given = Pick<CallRecord, 'endpointId' | 'callId' | 'createdAt' | 'updatedAt' | 'arguments'>

function aCall(given: Given): CallRecord {
  return {
    ...given,
    mcpType: 'tool',
    name: 'lookup',
    userId: 'ann',
    content: undefined,
    status: 'completed',
    timeSpentMs: 0,
    bundleSha256: 'ab12',
    protocolVersion: '2026-07-28',
  }
}
