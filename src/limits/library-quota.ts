/** A limiter of `rate-limiter-flexible` → a quota. */
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import type { Grant, Quota } from './quota.js'

type Limiter = Pick<RateLimiterAbstract, 'consume'>

/** @param open called by the first who asks: the library takes a while to load */
export function toQuota(perMinute: number, open: () => Promise<Limiter>): Quota {
  let opening: Promise<Limiter> | undefined
  return {
    perMinute,
    grant: async (key, points) => {
      opening ??= open()
      const limiter = await opening
      return toGrant(perMinute, points, await consume(limiter, key, points))
    },
  }
}

/** The library throws what it says of a key that has no points left. */
async function consume(limiter: Limiter, key: string, points: number): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key, points)
  } catch (error) {
    if (isResult(error)) return error
    throw error
  }
}

function isResult(thrown: unknown): thrown is RateLimiterRes {
  return typeof thrown === 'object' && thrown !== null && 'consumedPoints' in thrown
}

/** What was asked for beyond the last point is not granted; the rest of it is. */
function toGrant(perMinute: number, points: number, result: RateLimiterRes): Grant {
  const { consumedPoints, msBeforeNext } = result
  const tooMany = Math.min(points, Math.max(0, consumedPoints - perMinute))
  return {
    points: points - tooMany,
    left: Math.max(0, perMinute - consumedPoints),
    resetMs: msBeforeNext,
  }
}
