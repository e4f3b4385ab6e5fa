import { startTestGateway, type TestGateway, type TestGatewayOptions } from './gateway.js'
import { startTestRedis, type TestRedis } from './redis.js'

export interface TwoGateways {
  readonly first: TestGateway
  readonly second: TestGateway
  stop(): Promise<void>
}

export interface GatewaysOnRedis extends TwoGateways {
  readonly redis: Pick<TestRedis, 'url'>
}

/** Two instances that share nothing but the database, the bundle store and a Redis of their own. */
export async function startTwoGateways({
  env,
  sharing,
}: Pick<TestGatewayOptions, 'env' | 'sharing'> = {}): Promise<GatewaysOnRedis> {
  const redis = await startTestRedis()
  const options = { env: { ...env, REDIS_URL: redis.url } }
  const first = await startTestGateway({ ...options, ...(sharing && { sharing }) })
  const second = await startTestGateway({ ...options, sharing: first })
  return {
    first,
    second,
    redis,
    stop: async () => {
      await second.stop()
      await first.stop()
      await redis.stop()
    },
  }
}
