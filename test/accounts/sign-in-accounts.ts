import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { User } from '../../src/accounts/accounts.js'
import { createDynamoUsers } from '../../src/accounts/dynamo-users.js'
import { createHeldSignIns } from '../../src/accounts/held-sign-ins.js'
import { createLockout } from '../../src/accounts/lockout.js'
import { createPasswords } from '../../src/accounts/passwords.js'
import { createRevocations } from '../../src/accounts/revocations.js'
import { createSignIns, type SignInParts } from '../../src/accounts/sign-ins.js'
import { createUserChanges } from '../../src/accounts/user-changes.js'
import type { AuditEvent } from '../../src/audit/audit.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { countingWork } from './counting-work.js'

export const DAY_MS = 24 * 3_600_000
const OPTIONS = { accessMs: 15 * 60_000, refreshMs: 30 * DAY_MS }
export const PASSWORD = 'correct horse'

let test: TestAws
/** The time of all tests of a file. */
export const time = { now: Date.UTC(2026, 10, 21) }
const clock = { now: () => time.now }
export const tokens = createLocalTokens('a-signing-key-of-more-than-32-characters', clock)
let addresses = 0

/** One engine for all tests of a file. */
export function useAccounts(): void {
  beforeAll(async () => {
    test = await startTestAws()
  })
  afterAll(() => test.stop())
  beforeEach(() => {
    addresses++
  })
}

/** Another one for each test, so that none locks out the next. */
export const from = () => ({ address: `10.1.0.${addresses}` })

/** Sign-ins with real stores and no bcrypt; `faults` stand in for parts of them. */
export function setUp({ cost = 10, ...faults }: { cost?: number } & Partial<SignInParts> = {}) {
  const state = createDynamoStateStore({ aws: test.aws, clock })
  const { work, count } = countingWork()
  const events: AuditEvent[] = []
  const audit = { note: (event: AuditEvent) => void events.push(event) }
  const users = createDynamoUsers(test.aws)
  const passwords = createPasswords(work, cost)
  const revocations = createRevocations({ state, clock, log: silentLog })
  const held = createHeldSignIns(state, clock)
  const parts: SignInParts = {
    users,
    passwords,
    lockout: createLockout({ state, clock }),
    held,
    revocations,
    signToken: (subject) => tokens.sign(subject),
    audit,
    clock,
    log: silentLog,
    ...faults,
  }
  const signIns = createSignIns(parts, OPTIONS)
  const changes = createUserChanges({ users, passwords, revocations, audit, clock })
  const signIn = (username: string, password = PASSWORD, endpointId = 'acme') =>
    signIns.signIn(endpointId, { username, password }, from())
  const add = (username: string, home = 'acme'): Promise<User> =>
    changes.add({ home, username, by: 'test' }, { roles: ['caller'], password: PASSWORD })
  const refresh = (token: string, endpointId = 'acme') => signIns.refresh(endpointId, token, from())
  const rowOf = (accessToken: string, home = 'acme') =>
    state.read({ endpointId: home, kind: 'refresh', id: String(decodeJwt(accessToken)['sid']) })
  return { signIns, changes, users, revocations, state, events, count, signIn, add, refresh, rowOf }
}
