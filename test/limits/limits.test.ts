import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import { GatewayError } from '../../src/domain/errors.js'
import { createAddressFailures, createLimits, type LimitRules } from '../../src/limits/limits.js'
import { createMemoryQuotas } from '../../src/limits/memory-quotas.js'

const clock = { nowMs: Date.now(), now: () => clock.nowMs }

const ann: Caller = { endpointId: 'acme', userId: 'ann', roles: ['caller'] }
const bob: Caller = { ...ann, userId: 'bob' }
const elsewhere: Caller = { ...ann, endpointId: 'other' }
const withKey = (keyId: string): Caller => ({
  ...ann,
  credential: { home: 'acme', epoch: 0, keyId },
})

const NO_RULES: LimitRules = {
  userPerMinute: 0,
  keyPerMinute: 0,
  functionPerMinute: 0,
  userBytesPerMinute: 0,
  endpointPerMinute: 0,
  endpointBytesPerMinute: 0,
  callsPerUser: 0,
  callsPerEndpoint: 0,
}
const limitsOf = (rules: Partial<LimitRules>) =>
  createLimits({ ...NO_RULES, ...rules }, { quotas: createMemoryQuotas(), clock })

const one = { requests: 1, bytes: 100 }

describe('requests in a minute', () => {
  it('are counted for each user of each endpoint, and told', async () => {
    const limits = limitsOf({ userPerMinute: 2 })
    expect(await limits.admit(ann, one)).toMatchObject({
      policy: '"user";q=2;w=60',
      left: expect.stringMatching(/^"user";r=1;t=(59|60)$/),
      refusal: undefined,
    })
    await limits.admit(ann, one)
    const { refusal, left } = await limits.admit(ann, one)
    expect(left).toMatch(/^"user";r=0;t=\d+$/)
    expect(refusal).toMatchObject({
      code: 'RATE_LIMITED',
      message: expect.stringContaining('Too many requests of this user: at most 2 in a minute'),
      data: { limit: 'user', retryAfterS: expect.any(Number) },
    })
    expect((await limits.admit(bob, one)).refusal).toBeUndefined()
    expect((await limits.admit(elsewhere, one)).refusal).toBeUndefined()
  })

  it('are counted for each API key, beside its user', async () => {
    const limits = limitsOf({ userPerMinute: 10, keyPerMinute: 1 })
    expect(await limits.admit(withKey('k1'), one)).toMatchObject({
      policy: '"user";q=10;w=60, "key";q=1;w=60',
      left: expect.stringMatching(/^"user";r=9;t=\d+, "key";r=0;t=\d+$/),
    })
    expect((await limits.admit(withKey('k1'), one)).refusal?.data).toMatchObject({ limit: 'key' })
    expect((await limits.admit(withKey('k2'), one)).refusal).toBeUndefined()
    expect((await limits.admit(ann, one)).refusal).toBeUndefined()
  })

  it('count as many as a batch has messages', async () => {
    const limits = limitsOf({ userPerMinute: 10 })
    expect((await limits.admit(ann, { requests: 11, bytes: 0 })).refusal).toBeDefined()
    expect((await limits.admit(ann, { requests: 10, bytes: 0 })).refusal).toBeUndefined()
  })

  it('of an endpoint are counted together, and tell nobody how busy the others are', async () => {
    const limits = limitsOf({ endpointPerMinute: 2 })
    expect(await limits.admit(ann, one)).toEqual({})
    await limits.admit(bob, one)
    expect((await limits.admit(ann, one)).refusal?.data).toMatchObject({ limit: 'endpoint' })
    expect((await limits.admit(elsewhere, one)).refusal).toBeUndefined()
  })

  it('that a limit of the user refuses take nothing from the others of the endpoint', async () => {
    const limits = limitsOf({ userPerMinute: 1, endpointPerMinute: 2 })
    for (let sent = 0; sent < 5; sent++) await limits.admit(ann, one)
    expect((await limits.admit(bob, one)).refusal).toBeUndefined()
  })

  it('of a batch that is larger than the limit are refused for good, and take nothing', async () => {
    const limits = limitsOf({ userPerMinute: 10, endpointPerMinute: 5 })
    for (const requests of [6, 11])
      expect((await limits.admit(ann, { requests, bytes: 0 })).refusal).toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('Too many messages in a batch'),
      })
    expect((await limits.admit(ann, { requests: 5, bytes: 0 })).refusal).toBeUndefined()
  })

  it('of one user have bytes of their own, and the others of the endpoint keep theirs', async () => {
    const limits = limitsOf({ userBytesPerMinute: 400, endpointBytesPerMinute: 1000 })
    const bytes = { requests: 1, bytes: 300 }
    expect((await limits.admit(ann, bytes)).refusal).toBeUndefined()
    for (let sent = 0; sent < 5; sent++)
      expect((await limits.admit(ann, bytes)).refusal).toMatchObject({
        code: 'RATE_LIMITED',
        message: expect.stringContaining('bytes sent by this user: at most 400 in a minute'),
        data: { limit: 'userBytes' },
      })
    expect((await limits.admit(bob, { requests: 1, bytes: 400 })).refusal).toBeUndefined()
  })

  it('whose body is larger than the limit take all of a minute', async () => {
    const limits = limitsOf({ userBytesPerMinute: 400 })
    expect((await limits.admit(ann, { requests: 1, bytes: 5000 })).refusal).toBeUndefined()
    expect((await limits.admit(ann, { requests: 1, bytes: 1 })).refusal).toBeDefined()
  })

  it('are limited by their bytes, too', async () => {
    const limits = limitsOf({ endpointBytesPerMinute: 1000 })
    expect((await limits.admit(ann, { requests: 1, bytes: 900 })).refusal).toBeUndefined()
    expect((await limits.admit(bob, { requests: 1, bytes: 101 })).refusal?.data).toMatchObject({
      limit: 'bytes',
    })
    expect((await limits.admit(bob, { requests: 1, bytes: 100 })).refusal).toBeUndefined()
  })

  it('come back when the minute is over', async () => {
    const quotas = createMemoryQuotas({ minuteS: 1 })
    const rules = { ...NO_RULES, userPerMinute: 1 }
    const limits = createLimits(rules, { quotas, clock: { now: () => Date.now() } })
    await limits.admit(ann, one)
    expect((await limits.admit(ann, one)).refusal).toBeDefined()
    await expect
      .poll(async () => (await limits.admit(ann, one)).refusal, { timeout: 5000, interval: 100 })
      .toBeUndefined()
  })
})

describe('calls', () => {
  it('of one function are counted apart from those of others', async () => {
    const limits = limitsOf({ functionPerMinute: 1 })
    await limits.begin(ann, 'tool echo')
    await expect(limits.begin(bob, 'tool echo')).rejects.toThrow('Too many calls of this function')
    await limits.begin(ann, 'prompt echo')
    await limits.begin(elsewhere, 'tool echo')
  })

  it('of one user have so many places at a time, and free them once', async () => {
    const limits = limitsOf({ callsPerUser: 1 })
    const place = await limits.begin(ann, 'tool echo')
    await expect(limits.begin(ann, 'tool echo')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      data: { limit: 'user', retryAfterS: 1 },
    })
    await limits.begin(bob, 'tool echo')
    place.leave()
    place.leave()
    await limits.begin(ann, 'tool echo')
    await expect(limits.begin(ann, 'tool echo')).rejects.toThrow(GatewayError)
  })

  it('of one endpoint have so many places, and one that finds none takes none of its user', async () => {
    const limits = limitsOf({ callsPerUser: 1, callsPerEndpoint: 1 })
    const place = await limits.begin(ann, 'tool echo')
    await expect(limits.begin(bob, 'tool echo')).rejects.toThrow('at this endpoint')
    await limits.begin(elsewhere, 'tool echo')
    place.leave()
    await limits.begin(bob, 'tool echo')
  })

  it('that go on in the background keep their place until they end', async () => {
    const limits = limitsOf({ callsPerUser: 1 })
    const place = await limits.begin(ann, 'tool report')
    const end = place.goOn()
    place.leave()
    await expect(limits.begin(ann, 'tool report')).rejects.toThrow('of this user')
    end()
    await limits.begin(ann, 'tool report')
  })
})

describe('tokens that are not valid', () => {
  const failuresOf = (perMinute: number) => createAddressFailures(perMinute, clock)

  it('are counted by address, until a minute after the first', () => {
    const failures = failuresOf(2)
    for (let sent = 0; sent < 2; sent++) failures.count('192.0.2.1')
    expect(() => failures.refuse('192.0.2.1')).toThrow('at most 2 in a minute')
    expect(() => failures.refuse('::ffff:192.0.2.1')).toThrow('at most 2 in a minute')
    expect(() => failures.refuse('192.0.2.2')).not.toThrow()
    clock.nowMs += 60_000
    expect(() => failures.refuse('192.0.2.1')).not.toThrow()
    failures.count('192.0.2.1')
    expect(() => failures.refuse('192.0.2.1')).not.toThrow()
  })

  it('are counted together for a network of IPv6, whose owner has all its addresses', () => {
    const failures = failuresOf(1)
    failures.count('2001:db8:1:2::1')
    expect(() => failures.refuse('2001:db8:1:2:ffff::9')).toThrow('Too many tokens')
    expect(() => failures.refuse('2001:db8:1:3::1')).not.toThrow()
  })

  it('are not counted where that is switched off', () => {
    const failures = failuresOf(0)
    for (let sent = 0; sent < 5; sent++) failures.count('192.0.2.1')
    expect(() => failures.refuse('192.0.2.1')).not.toThrow()
  })
})
