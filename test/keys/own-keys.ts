import { afterAll, beforeAll } from 'vitest'
import { createDynamoUsers } from '../../src/accounts/dynamo-users.js'
import type { AuditEvent } from '../../src/audit/audit.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { StateKey, StateStore } from '../../src/domain/state-store.js'
import { createDynamoKeyRows } from '../../src/keys/dynamo-key-rows.js'
import { createApiKeys, createKeyUses, type KeyRows, type NewApiKey } from '../../src/keys/keys.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
/** The time of all tests of a file. */
export const time = { now: Date.UTC(2026, 10, 21) }
const clock = { now: () => time.now }
let homes = 0

/** One engine for all tests of a file. */
export function useKeys(): void {
  beforeAll(async () => {
    test = await startTestAws()
  })
  afterAll(() => test.stop())
}

const OPERATOR = { userId: 'cli', roles: ['operator'] } as const

/** Keys of a home of its own, with real rows; what is read of the store is counted. */
export function setUp(faults: Partial<StateStore> = {}, rows?: KeyRows) {
  const real = createDynamoStateStore({ aws: test.aws, clock })
  const reads: StateKey[] = []
  const state: StateStore = {
    ...real,
    read: (key) => {
      reads.push(key)
      return real.read(key)
    },
    ...faults,
  }
  const events: AuditEvent[] = []
  const announced: string[] = []
  const announcing = { failAfter: Infinity }
  const audit = { note: (event: AuditEvent) => void events.push(event) }
  const users = createDynamoUsers(test.aws)
  const home = `home-${homes++}`
  const keys = createApiKeys({
    state,
    rows: rows ?? createDynamoKeyRows(test.aws, clock),
    users,
    revocations: {
      announce: async (name) => {
        if (announced.length >= announcing.failAfter) throw new Error('away')
        announced.push(name)
      },
    },
    audit,
    clock,
  })
  const uses = createKeyUses({ state, audit, clock, log: silentLog })
  const wanted = { home, name: 'ci', roles: ['caller'], days: 90 } as const
  const make = (key: Partial<NewApiKey> = {}) => keys.create(OPERATOR, { ...wanted, ...key })
  const stores = { users, state, real, reads, events, announced, announcing }
  return { keys, uses, ...stores, home, wanted, make }
}
