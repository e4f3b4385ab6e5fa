import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { Caller } from '../../src/domain/caller.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import type { EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { createSignedSessions } from '../../src/sessions/signed-sessions.js'
import { createToldSessions, type ToldSessions } from '../../src/sessions/sessions.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }
const hello = { version: '2025-11-25', capabilities: {}, clientInfo: {} }
const secrets = [{ id: 'k1', secret: 'a secret of thirty-two or more characters' }]
/** It stands still: what is remembered never gets old by itself. */
const clock = { now: () => 1_800_000_000_000 }

/** An instance of its own: it shares the engine and the event log with the others. */
function instance(events: EventLog): ToldSessions {
  const state = createDynamoStateStore({ aws: test.aws, clock })
  const sessions = createSignedSessions({ state, secrets, ttlMs: 3_600_000, clock })
  const signals = createEndpointSignals(events, silentLog)
  return createToldSessions({ sessions, signals, log: silentLog })
}

describe('instances that hear each other', () => {
  let events: EventLog
  let a: ToldSessions
  let b: ToldSessions
  let token: string
  beforeEach(async () => {
    const limits = { maxEvents: 100, maxBytes: 100_000, maxAgeMs: 60_000 }
    events = createMemoryEventLog({ ...limits, clock, log: silentLog })
    a = instance(events)
    b = instance(events)
    token = await a.open(ann, hello)
    await b.find(ann, token)
  })

  it('know at once when a session has ended', async () => {
    await a.terminate(await a.find(ann, token))
    await expect(b.find(ann, token)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' })
  })

  it('know at once what its client wants to hear', async () => {
    const session = await a.find(ann, token)
    await a.setLogLevel(session, 'error')
    expect(await b.logLevel(session)).toBe('error')
    await a.setSubscribed(session, 'journey://static', true)
    expect(await b.subscriptions(session)).toEqual(new Set(['journey://static']))
    await b.setSubscribed(session, 'journey://static', false)
    expect(await a.subscriptions(session)).toEqual(new Set())
  })

  it('hear nothing more once they are closed', async () => {
    b.close()
    const session = await a.find(ann, token)
    await a.setLogLevel(session, 'error')
    expect(await b.logLevel(session)).toBeUndefined()
  })
})

it('an instance that cannot hear the others serves all the same, and tries again', async () => {
  const subscribe = vi.fn<EventLog['subscribe']>().mockRejectedValue(new Error('away'))
  const limits = { maxEvents: 100, maxBytes: 100_000, maxAgeMs: 60_000 }
  const log = createMemoryEventLog({ ...limits, clock, log: silentLog })
  const sessions = instance({ ...log, subscribe })
  const token = await sessions.open(ann, hello)
  await expect(sessions.find(ann, token)).resolves.toBeDefined()
  await expect(sessions.find(ann, token)).resolves.toBeDefined()
  expect(subscribe.mock.calls.length).toBeGreaterThan(1)
})
