/**
 * What it costs to know who calls and how much they may: CPU of this process for a request with a
 * token that was proven before, for one that is new, and for the limits, by default on.
 */
import { createRevocations, createStandings } from '../../src/accounts/accounts.js'
import { createBearerAuthenticator } from '../../src/auth/bearer.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { createStaticTokenCheck } from '../../src/auth/static-token.js'
import type { Caller } from '../../src/domain/caller.js'
import { systemClock } from '../../src/domain/clock.js'
import { createAddressFailures, createLimits, type Limits } from '../../src/limits/limits.js'
import { createMemoryQuotas } from '../../src/limits/memory-quotas.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import type { RunBench } from './bench.js'
import { type Spread, toSpread } from './statistics.js'
import { toTable } from './table.js'

const ENDPOINT = 'acme'
const ADDRESS = '127.0.0.1'
const HOUR_MS = 3_600_000
const ROUNDS = 7
/** So much that no request of the bench is refused. */
const PLENTY = 100_000_000

const HEADINGS = ['CPU, µs', 'median', 'min', 'max']
const NAMES = {
  remembered_us: 'request with a remembered token',
  new_us: 'request with a new token (HS256)',
  admit_us: 'limits of a request: user, endpoint, bytes',
  begin_us: 'limits of a call: function, places',
} as const

export const benchAuth: RunBench = async ({ isShort, signal }) => {
  const scale = isShort ? 1 : 5
  const { authenticate, tokenOf } = await createDoor()
  const limits = openLimits()
  const token = await tokenOf('ann')
  const ann = await authenticate(token)
  const work: Record<keyof typeof NAMES, () => Promise<Spread>> = {
    remembered_us: () => measure(100_000 * scale, () => authenticate(token)),
    new_us: async () => {
      const fresh = await makeTokens(tokenOf, (ROUNDS + 1) * 500 * scale)
      return measure(500 * scale, () => authenticate(fresh.pop() ?? ''))
    },
    admit_us: () => measure(100_000 * scale, () => admit(limits, ann)),
    begin_us: () => measure(100_000 * scale, () => begin(limits, ann)),
  }
  const measured: [keyof typeof NAMES, Spread][] = []
  for (const name of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    signal.throwIfAborted()
    measured.push([name, await work[name]()])
  }
  return {
    table: toTable([HEADINGS, ...measured.map(([name, spread]) => toRow(NAMES[name], spread))]),
    summary: measured.map(([name, { median }]) => `${name}=${median.toFixed(2)}`).join(' '),
    json: Object.fromEntries(measured),
  }
}

/** As `parts.ts` makes it, with an empty database. */
async function createDoor() {
  const tokens = createLocalTokens('the-signing-key-of-a-bench-0123456789abcdef')
  const state = {
    create: async () => true,
    read: async () => undefined,
    replace: async () => true,
    remove: async () => undefined,
  }
  const users = { readTrace: async () => undefined }
  const common = { clock: systemClock, log: silentLog }
  const revocations = createRevocations({ state, ...common })
  const authenticator = createBearerAuthenticator({
    isAdminToken: createStaticTokenCheck('the-admin-token-of-a-bench-0123456789abcdef'),
    verifiers: [tokens],
    standings: createStandings({ users, state, revocations }),
    failures: createAddressFailures(300, systemClock),
    ...common,
  })
  return {
    authenticate: (token: string) =>
      authenticator.authenticate(`Bearer ${token}`, ENDPOINT, ADDRESS),
    tokenOf: (userId: string) => {
      const expiresAt = Date.now() + HOUR_MS
      return tokens.sign({ userId, endpointId: ENDPOINT, roles: ['caller'], expiresAt })
    },
  }
}

function makeTokens(tokenOf: (userId: string) => Promise<string>, count: number) {
  return Promise.all(Array.from({ length: count }, (_, n) => tokenOf(`user-${n}`)))
}

function openLimits(): Limits {
  const rules = {
    userPerMinute: PLENTY,
    keyPerMinute: PLENTY,
    functionPerMinute: PLENTY,
    userBytesPerMinute: PLENTY * 1000,
    endpointPerMinute: PLENTY,
    endpointBytesPerMinute: PLENTY * 1000,
    callsPerUser: 512,
    callsPerEndpoint: 4096,
  }
  return createLimits(rules, { quotas: createMemoryQuotas(), clock: systemClock })
}

async function admit(limits: Limits, caller: Caller): Promise<void> {
  const admitted = limits.admit(caller, { requests: 1, bytes: 200 })
  const { refusal } = admitted instanceof Promise ? await admitted : admitted
  if (refusal !== undefined) throw refusal
}

async function begin(limits: Limits, caller: Caller): Promise<void> {
  const place = await limits.begin(caller, 'tool echo')
  place.leave()
}

/** @returns µs of CPU a time; the first round warms up */
async function measure(times: number, once: () => Promise<unknown>): Promise<Spread> {
  const rounds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let time = 0; time < times; time++) await once()
    const { user, system } = process.cpuUsage(before)
    rounds.push((user + system) / times)
  }
  return toSpread(rounds.slice(1))
}

function toRow(name: string, { median, min, max }: Spread): string[] {
  return [name, ...[median, min, max].map((value) => value.toFixed(2))]
}
