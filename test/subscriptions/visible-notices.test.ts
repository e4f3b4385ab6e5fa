import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.js'
import type { Snapshot } from '../../src/catalog/catalog.js'
import type { AccessRules } from '../../src/domain/access-rules.js'
import type { Caller } from '../../src/domain/caller.js'
import { systemClock } from '../../src/domain/clock.js'
import type { Notice } from '../../src/domain/notice.js'
import { createEndpointSignals } from '../../src/events/endpoint-signals.js'
import type { EventLog } from '../../src/events/events.js'
import { createMemoryEventLog } from '../../src/events/memory-event-log.js'
import { toListsSeen } from '../../src/subscriptions/lists-seen.js'
import { createSubscriptions } from '../../src/subscriptions/subscriptions.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { aSnapshotOf } from '../access/functions.js'
import { aTool } from '../catalog/bundle-version.js'
import { createListener, updated } from './listener.js'

const clock = systemClock
const log = silentLog
const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }
const bob: Caller = { ...ann, userId: 'bob' }

const forAnn: AccessRules = { allow: ['user:ann'] }
const resource = (n: number, access?: AccessRules) =>
  aTool(`r${n}`, { mcpType: 'resource', uri: `test://r/${n}`, access })

let current: Snapshot
let known = true
let events: EventLog
let open: ReturnType<typeof start>

function start() {
  const catalog = { snapshot: async () => current, recent: () => (known ? current : undefined) }
  const signals = createEndpointSignals(events, log)
  const { look } = createAccess({ catalog })
  // What changes is announced by the test.
  const watch = { lookEveryMs: 3_600_000 }
  const subscriptions = createSubscriptions({ catalog, events, signals, clock, log, watch })
  const hear = async (caller: Caller, after?: string) => {
    const listener = createListener(after)
    await subscriptions.hear('acme', { ...listener, look: () => look(caller) })
    return listener
  }
  return { ...subscriptions, hearAs: hear }
}

beforeEach(() => {
  const limits = { maxEvents: 2000, maxBytes: 1_000_000, maxAgeMs: 60_000 }
  events = createMemoryEventLog({ ...limits, clock, log })
  current = aSnapshotOf([aTool('one')])
  known = true
  open = start()
})
afterEach(async () => {
  open.close()
  await events.close()
})

const announceAll = async (...notices: Notice[]) => {
  for (const notice of notices) await open.announce('acme', notice)
}

const changed = (version: string, list: 'tools' | 'prompts' = 'tools'): Notice => ({
  type: 'list.changed',
  list,
  version,
})

describe('who sees only some functions', () => {
  it('hears nothing of a change that his lists do not show', async () => {
    const [annHears, bobHears] = [await open.hearAs(ann), await open.hearAs(bob)]
    current = aSnapshotOf([aTool('one'), aTool('secret', { access: forAnn })], 'v2')
    await announceAll(changed('v2'), updated(9))
    expect(await annHears.until(2)).toEqual([changed('v2'), updated(9)])
    expect(await bobHears.until(1)).toEqual([updated(9)])
  })

  it('hears that a function is there for him now, or no longer', async () => {
    const heard = await open.hearAs(bob)
    current = aSnapshotOf([aTool('one', { access: forAnn })], 'v2')
    await announceAll(changed('v2'))
    await heard.until(1)
    current = aSnapshotOf([aTool('one')], 'v3')
    await announceAll(changed('v3'))
    expect(await heard.until(2)).toEqual([changed('v2'), changed('v3')])
  })

  it('hears of a change that this instance has not seen yet, and of the next one too', async () => {
    const heard = await open.hearAs(bob)
    await announceAll(changed('v2'))
    await heard.until(1)
    current = aSnapshotOf([aTool('one')], 'v3')
    await announceAll(changed('v3'))
    expect(await heard.until(2)).toEqual([changed('v2'), changed('v3')])
  })

  it('hears of lists that a function says have changed', async () => {
    const heard = await open.hearAs(bob)
    const said: Notice = { type: 'list.changed', list: 'prompts' }
    await announceAll(said, said)
    expect(await heard.until(2)).toEqual([said, said])
  })

  it('hears of every list that has changed while he was away', async () => {
    current = aSnapshotOf([aTool('two'), aTool('p', { mcpType: 'prompt' })], 'v2')
    const first = await open.hearAs(bob)
    await announceAll(updated(1))
    await first.until(1)
    await announceAll(changed('v2'), changed('v2', 'prompts'))
    const heard = await open.hearAs(bob, first.ids[0])
    expect(heard.told).toEqual([changed('v2'), changed('v2', 'prompts')])
  })

  it('hears of no resource that he may not read, and of those that nobody serves', async () => {
    current = aSnapshotOf([resource(1, forAnn), resource(2)])
    const [annHears, bobHears] = [await open.hearAs(ann), await open.hearAs(bob)]
    await announceAll(updated(1), updated(2), updated(3))
    expect(await annHears.until(3)).toEqual([updated(1), updated(2), updated(3)])
    expect(await bobHears.until(2)).toEqual([updated(2), updated(3)])
  })

  it('no longer hears of one that he may read no more, however long he listens', async () => {
    current = aSnapshotOf([resource(1), resource(2)])
    const heard = await open.hearAs(bob)
    await announceAll(updated(1))
    await heard.until(1)
    current = aSnapshotOf([resource(1, forAnn), resource(2)], 'v2')
    await announceAll(updated(1), updated(2))
    expect(await heard.until(2)).toEqual([updated(1), updated(2)])
  })

  it('is told that something may have changed while it is not known what he sees', async () => {
    const heard = await open.hearAs(bob)
    known = false
    await announceAll(updated(1), changed('v2'))
    expect(await heard.until(2)).toEqual(['gap', changed('v2')])
  })

  it('is told of no resource before it is known what he sees', async () => {
    known = false
    const heard = createListener()
    const look = () => (known ? current : undefined)
    const hearing = open.hear('acme', { ...heard, look })
    await announceAll(updated(1))
    await hearing
    known = true
    await announceAll(updated(2))
    expect(await heard.until(1)).toEqual([updated(2)])
  })
})

it('a change of who sees what is a change of the lists', () => {
  const before = toListsSeen(aSnapshotOf([aTool('one')]), undefined)
  const after = toListsSeen(aSnapshotOf([aTool('one', { access: forAnn })], 'v2'), before)
  expect(after.digests.tools).not.toBe(before.digests.tools)
  expect(after.digests.prompts).toBe(before.digests.prompts)
})
