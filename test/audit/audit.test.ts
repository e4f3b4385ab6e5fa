import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuditEvent } from '../../src/audit/audit.js'
import { createDynamoAudit, createDynamoAuditTrail } from '../../src/audit/dynamo-audit.js'
import type { Aws } from '../../src/aws/aws.js'
import type { Log } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'

const MINUTE_MS = 60_000

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

/** The time of each test, and the endpoint that is its own. */
const time = { now: Date.UTC(2026, 10, 21) }
let endpointId = ''
let endpoints = 0
beforeEach(() => {
  endpointId = `endpoint-${endpoints++}`
})

type Line = readonly [level: string, fields: Record<string, unknown>, message: string]

function setUp({
  db = test.aws.db,
  retentionDays = 400,
}: { db?: Aws['db']; retentionDays?: number } = {}) {
  const lines: Line[] = []
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push([level, { ...fields }, message])
  const log: Log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  const clock = { now: () => time.now }
  const audit = createDynamoAudit({ aws: { ...test.aws, db }, clock, log, retentionDays })
  const trail = createDynamoAuditTrail(test.aws)
  const rows = () => trail.list(endpointId, { limit: 100 })
  const note = (event: Partial<AuditEvent> = {}) =>
    audit.note({ endpointId, actor: 'ann', action: 'user.added', target: 'bob', ...event })
  return { audit, trail, rows, note, lines }
}

describe('an event', () => {
  it('is a line and a row at once', async () => {
    const { audit, note, rows, lines } = setUp()
    const changed = { before: { roles: ['reader'] }, after: { roles: ['caller'] } }
    note({ address: '10.0.0.1', detail: { roles: ['caller'] }, ...changed })
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1))
    const [row] = await rows()
    expect(row).toEqual({
      id: expect.any(String),
      endpointId,
      actor: 'ann',
      action: 'user.added',
      target: 'bob',
      address: '10.0.0.1',
      detail: { roles: ['caller'] },
      ...changed,
      count: 1,
      createdAt: new Date(time.now).toISOString(),
    })
    expect(lines).toEqual([
      ['info', expect.objectContaining({ actor: 'ann', auditId: row?.id }), 'user.added'],
    ])
    await audit.close(1000)
  })

  it.each(['signin.refused', 'right.denied', 'signin.reused', 'signin.locked'])(
    'that is a refusal, as %s, is a warning',
    async (action) => {
      const { audit, note, lines } = setUp()
      note({ action })
      await audit.close(1000)
      expect(lines.map(([level]) => level)).toEqual(['warn'])
    },
  )

  it('that comes again within a minute is counted in its row, with one more line', async () => {
    const { audit, note, rows, lines } = setUp()
    for (let n = 0; n < 5; n++) note()
    expect(lines).toHaveLength(1)
    time.now += MINUTE_MS
    note()
    note({ target: 'carl' })
    await audit.close(1000)
    expect((await rows()).map(({ target, count }) => [target, count])).toEqual(
      expect.arrayContaining([
        ['bob', 5],
        ['bob', 1],
        ['carl', 1],
      ]),
    )
    expect(lines.map(([, { target, count }]) => [target, count])).toEqual([
      ['bob', undefined],
      ['bob', 5],
      ['bob', undefined],
      ['carl', undefined],
    ])
  })

  it('that was counted is whole when the gateway ends within its minute', async () => {
    const { audit, note, rows } = setUp()
    for (let n = 0; n < 3; n++) note()
    await audit.close(1000)
    expect((await rows()).map(({ count }) => count)).toEqual([3])
  })

  it('stays short and plain, whatever is in it', async () => {
    const { audit, note, rows, lines } = setUp()
    let deep: Record<string, unknown> = {}
    for (let n = 0; n < 50; n++) deep = { deep }
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    const detail = {
      long: 'x'.repeat(100_000),
      many: Array.from({ length: 1000 }, () => 'y'.repeat(1000)),
      big: 1n,
      nothing: undefined,
      wrong: NaN,
      deep,
      circle,
      work: () => 'secret',
    }
    const after = [detail, detail]
    note({ actor: 'a'.repeat(1000), target: `${'t'.repeat(255)}😀`, detail, before: detail, after })
    await audit.close(1000)
    const [row] = await rows()
    expect(row?.actor).toBe('a'.repeat(256))
    expect(row?.target).toBe('t'.repeat(255))
    const clipped = { long: 'x'.repeat(256), big: 'bigint', work: 'function' }
    const before = { ...clipped, long: 'x'.repeat(600) }
    expect(row).toMatchObject({ detail: clipped, before, after: [clipped, clipped] })
    expect(JSON.stringify(row).length).toBeLessThan(90_000)
    expect(lines).toHaveLength(1)
  })

  it('shows what was changed to the end of a long list, and of a long text', async () => {
    const { audit, note, rows } = setUp()
    const before = { redact: Array.from({ length: 100 }, (_, n) => `/a${n}`) }
    const after = { redact: before.redact.toSpliced(20, 1, '/b'), description: 'x'.repeat(500) }
    note({ before, after })
    await audit.close(1000)
    expect(await rows()).toMatchObject([{ before, after }])
  })

  it('has an end in the table, or none where they are kept for ever', async () => {
    const written: unknown[] = []
    const db = intercepted(async (command) => void written.push(command))
    for (const retentionDays of [0, 30]) {
      const { audit, note } = setUp({ db, retentionDays })
      note()
      await audit.close(1000)
    }
    expect(written).toMatchObject([
      { input: { Item: { actor: 'ann' } } },
      { input: { Item: { expires_at: Math.ceil(time.now / 1000) + 30 * 24 * 3600 } } },
    ])
    expect(written[0]).not.toHaveProperty('input.Item.expires_at')
  })
})

describe('while the database is away', () => {
  it('whoever notes neither waits nor fails, and the lines have it all', async () => {
    const db = intercepted(() => Promise.reject(new Error('away')))
    const { audit, note, lines } = setUp({ db })
    note()
    note({ target: 'carl' })
    await audit.close(1000)
    expect(lines.map(([level, , message]) => [level, message])).toEqual(
      expect.arrayContaining([
        ['info', 'user.added'],
        ['error', 'an audit row could not be written'],
      ]),
    )
  })

  it('the end waits for its rows no longer than it is told', async () => {
    const db = intercepted(() => new Promise(() => {}))
    const { audit, note, lines } = setUp({ db })
    note()
    await audit.close(10)
    expect(lines).toHaveLength(1)
  })
})

describe('too many at a time', () => {
  it('stay lines, and how many rows are missing is said', async () => {
    const written: unknown[] = []
    const db = intercepted(async (command) => void written.push(command))
    const { audit, note, lines } = setUp({ db })
    for (let n = 0; n < 700; n++) note({ target: `user-${n}`, detail: { n } })
    await audit.close(1000)
    expect(written).toHaveLength(500)
    expect(lines).toHaveLength(701)
    expect(lines.at(-1)).toEqual(['warn', { count: 200 }, expect.stringContaining('too many')])
  })

  it('of strangers leave room for those of others, and the room comes back with time', async () => {
    const written: { input: { Item: { target: string } } }[] = []
    const db = intercepted(async (command) => void written.push(command as never))
    const { audit, note } = setUp({ db })
    const refuse = (n: number) => note({ action: 'auth.refused', target: `stranger-${n}` })
    for (let n = 0; n < 1000; n++) refuse(n)
    note({ target: 'bob' })
    time.now += 1000
    for (let n = 1000; n < 2000; n++) refuse(n)
    await audit.close(1000)
    const targets = written.map(({ input }) => input.Item.target)
    expect(targets.filter((target) => target.startsWith('stranger'))).toHaveLength(110)
    expect(targets).toContain('bob')
  })

  it('of whom nothing is known leave room for refusals of those who are', async () => {
    const written: { input: { Item: { action: string } } }[] = []
    const db = intercepted(async (command) => void written.push(command as never))
    const { audit, note } = setUp({ db })
    const anonymous = { actor: 'anonymous', target: undefined }
    for (const action of ['auth.refused', 'origin.refused', 'signin.locked', 'signout'])
      for (let n = 0; n < 600; n++) note({ ...anonymous, action, endpointId: `made-up-${n}` })
    for (const action of ['signin.reused', 'right.denied']) note({ action })
    note({ actor: 'anonymous', action: 'signin.refused' })
    note()
    await audit.close(1000)
    const actions = written.map(({ input }) => input.Item.action)
    expect(actions.filter((action) => action === 'auth.refused')).toHaveLength(50)
    expect(actions.slice(50)).toEqual([
      'signin.reused',
      'right.denied',
      'signin.refused',
      'user.added',
    ])
  })
})

describe('the trail', () => {
  it('shows the newest first, of one endpoint, page by page, since a time', async () => {
    const { audit, trail, note } = setUp()
    const began = time.now
    for (let n = 0; n < 5; n++) {
      note({ target: `user-${n}` })
      time.now += 1000
    }
    note({ endpointId: 'another', target: 'stranger' })
    await audit.close(1000)
    const targets = async (query: { since?: number; before?: string; limit: number }) =>
      (await trail.list(endpointId, query)).map(({ target }) => target)
    expect(await targets({ limit: 100 })).toEqual([
      'user-4',
      'user-3',
      'user-2',
      'user-1',
      'user-0',
    ])
    expect(await targets({ limit: 100, since: began + 3000 })).toEqual(['user-4', 'user-3'])
    const [, second] = await trail.list(endpointId, { limit: 2 })
    expect(await targets({ limit: 2, before: second?.id ?? '' })).toEqual(['user-2', 'user-1'])
  })
})

/** A database where every command does this instead. */
function intercepted(work: (command: unknown) => Promise<unknown>): Aws['db'] {
  return new Proxy(test.aws.db, {
    get: (db, name) => (name === 'send' ? work : (Reflect.get(db, name) as unknown)),
  })
}
