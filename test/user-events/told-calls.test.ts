import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createToldCalls } from '../../src/user-events/user-events.js'
import { aCall } from '../calls/a-call.js'
import { openCalls } from '../calls/engines.js'
import { startTestAws } from '../support/aws.js'
import { feedOf } from './recorded-listener.js'

const own = { clock: systemClock, log: silentLog }
const limits = { maxEvents: 100, maxBytes: 1_000_000, maxAgeMs: 60_000 }

it('a call is told once its end is recorded, whoever ends it, and not when that fails', async () => {
  const aws = await startTestAws()
  onTestFinished(() => aws.stop())
  const events = createMemoryEventLog({ ...limits, ...own })
  onTestFinished(() => events.close())
  const recordedCalls = feedOf(events)
  const stored = openCalls(aws.aws)
  const calls = createToldCalls({ calls: stored, recordedCalls, events, ...own })
  onTestFinished(() => calls.endTelling())
  const found: unknown[] = []
  await recordedCalls.hear('acme', {
    signal: new AbortController().signal,
    onCall: ({ callId }) => found.push(stored.read('acme', callId)),
    onGap: () => undefined,
  })
  const open = calls.open('acme')
  const ended = aCall({ callId: open.callId })
  await open.end(ended)
  const finished = aCall()
  await calls.finish(finished)
  const other = { ...finished, status: 'failed', updatedAt: 1 } as const
  await expect(calls.finish(other)).rejects.toMatchObject({ code: 'NOT_RECORDED' })
  const left = calls.open('acme')
  left.leave()
  expect(await Promise.all(found)).toEqual([ended, finished])
})
