import { expect, it } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { createSweeper } from '../../src/calls/dynamo-sweeper.js'
import { systemClock } from '../../src/domain/clock.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const MAX_WATCHED = 10_000
const ENDPOINTS_PER_ROUND = 100

it('endpoints are looked after as they are used, the one of longest ago no more when there are too many', async () => {
  const seen = new Set<string>()
  const none = { shards: 0, redact: [] }
  const settings = {
    // An endpoint without partitions has nothing to look through.
    read: async (endpointId: string) => {
      seen.add(endpointId)
      return none
    },
    recent: () => none,
    peek: () => none,
    change: async () => none,
  }
  const aws = createAws({ bucket: 'none', tables: tableNames('test-') })
  const clock = systemClock
  const sweeper = createSweeper({ aws, settings, sweepEveryMs: 600_000, clock, log: silentLog })
  for (let n = 0; n <= MAX_WATCHED; n++) sweeper.watch(`endpoint-${n}`)
  for (let round = 0; round <= MAX_WATCHED / ENDPOINTS_PER_ROUND; round++) await sweeper.sweep()
  expect(seen).not.toContain('endpoint-0')
  expect(seen).toContain('endpoint-1')
  expect(seen).toContain(`endpoint-${MAX_WATCHED}`)
  expect(seen.size).toBe(MAX_WATCHED)
  sweeper.close()
  aws.close()
})
