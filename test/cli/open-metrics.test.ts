import { expect, it } from 'vitest'
import { openMetrics } from '../../src/cli/open-metrics.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

it.each([
  ['127.0.0.1', []],
  ['0.0.0.0', [{ host: '0.0.0.0' }]],
])('metrics at %s: a start warns of what is beyond loopback', async (host, warnings) => {
  const warned: object[] = []
  const log = { ...silentLog, warn: (fields: object) => void warned.push(fields) }
  const metrics = await openMetrics({ METRICS_HOST: host, METRICS_PORT: 0 }, log)
  expect(warned).toEqual(warnings)
  await metrics.close()
})
