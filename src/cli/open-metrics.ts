/** The metrics of this process, and the listener that shows them, when the settings ask for them. */
import type { Config } from '../config/config.js'
import { isLoopback } from '../config/edge-settings.js'
import { createScrapedMetrics, type Log, type Metrics, noMetrics } from '../telemetry/telemetry.js'

export interface OpenMetrics {
  readonly metrics: Metrics
  close(): Promise<void>
}

/** @throws when METRICS_PORT cannot be listened on */
export async function openMetrics(
  { METRICS_HOST: host, METRICS_PORT: port }: Pick<Config, 'METRICS_HOST' | 'METRICS_PORT'>,
  log: Log,
): Promise<OpenMetrics> {
  if (port === undefined) return { metrics: noMetrics, close: async () => undefined }
  const [metrics, { serveMetrics }] = await Promise.all([
    createScrapedMetrics(),
    import('../transport/metrics-server.js'),
  ])
  const isLocal = isLoopback(host)
  const server = await serveMetrics(metrics, { host, port, isLoopback: isLocal, log })
  if (!isLocal)
    log.warn({ host }, 'metrics are served beyond loopback: anybody who reaches them may read them')
  log.info({ url: server.url }, 'metrics are served')
  return { metrics, close: () => server.close() }
}
