import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/domain/clock.js'
import { createDeferredQuotas } from '../../src/limits/deferred-quotas.js'
import { createLimits } from '../../src/limits/limits.js'
import type { Quotas } from '../../src/limits/quota.js'
import { createRedisQuotas } from '../../src/limits/redis-quotas.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'

const open: Quotas[] = []
let redis: TestRedis

const openQuotas = (log = silentLog): Quotas => {
  const quotas = createRedisQuotas({ url: redis.url, log })
  open.push(quotas)
  return quotas
}

const RULES = {
  userPerMinute: 50,
  keyPerMinute: 0,
  functionPerMinute: 0,
  userBytesPerMinute: 0,
  endpointPerMinute: 0,
  endpointBytesPerMinute: 0,
  callsPerUser: 0,
  callsPerEndpoint: 0,
}
/** An instance of the gateway, as far as limits go. */
const instance = (quotas = openQuotas()) => createLimits(RULES, { quotas, clock: systemClock })
const userOf = (userId: string, endpointId = 'acme') =>
  ({ endpointId, userId, roles: ['caller'] }) as const
const one = { requests: 1, bytes: 0 }

describe.runIf(hasRedis)('instances that share Redis', () => {
  beforeAll(async () => {
    redis = await startTestRedis()
  })
  afterAll(async () => {
    for (const quotas of open) quotas.close()
    await redis.stop()
  })

  it('hold a limit together, to the last request', async () => {
    const instances = [instance(), instance()]
    const admitted = await Promise.all(
      instances.flatMap((limits) =>
        Array.from({ length: 40 }, async () => limits.admit(userOf('ann'), one)),
      ),
    )
    expect(admitted.filter(({ refusal }) => refusal === undefined).length).toBe(50)
    const other = await instances[0]?.admit(userOf('ann', 'other'), one)
    expect(other?.refusal).toBeUndefined()
  })

  it('keep nothing there for longer than a minute, and no name of a user but in keys', async () => {
    await instance().admit(userOf('eve'), one)
    const client = await createClient({ url: redis.url }).connect()
    const keys = await client.keys('*eve*')
    expect(keys).toEqual(['mcp:limits:user:acme eve'])
    expect(await client.ttl(keys[0] ?? '')).toBeGreaterThan(50)
    client.destroy()
  })

  it('open no connection before the first request, and close what they opened', async () => {
    let opened = 0
    const quotas = createDeferredQuotas(async () => {
      opened += 1
      return openQuotas()
    })
    const limits = instance(quotas)
    expect(opened).toBe(0)
    await limits.admit(userOf('bob'), one)
    expect(opened).toBe(1)
    quotas.close()
    expect(await limits.admit(userOf('new'), one)).toMatchObject({ refusal: undefined })
  })

  it('count each by itself while Redis is away, say so once, and together again after', async () => {
    const said: string[] = []
    const note = (_about: object, text: string) => void said.push(text)
    const log = { ...silentLog, warn: note, info: note }
    const limits = instance(openQuotas(log))
    await limits.admit(userOf('dan'), one)
    await redis.kill()
    const admitted = await Promise.all(
      Array.from({ length: 60 }, async () => limits.admit(userOf('fay'), one)),
    )
    expect(admitted.filter(({ refusal }) => refusal === undefined).length).toBe(50)
    await redis.restart()
    await expect.poll(() => said.length, { timeout: 20_000 }).toBe(2)
    expect(said).toEqual([
      'Redis is away: each instance counts requests by itself',
      'Redis is back: instances count requests together again',
    ])
    await limits.admit(userOf('gus'), one)
    const client = await createClient({ url: redis.url }).connect()
    expect(await client.keys('*gus*')).toHaveLength(1)
    client.destroy()
  })
})
