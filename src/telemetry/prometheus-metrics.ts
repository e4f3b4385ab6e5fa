/** Metrics as Prometheus reads them, in a registry of their own. */
import { Counter, Gauge, Registry } from 'prom-client'
import { type MetricDefinition, type MetricName, METRICS, type ScrapedMetrics } from './metrics.js'

/** Begins every name. */
const PREFIX = 'mcp_'

type LabelValues = Readonly<Record<string, string>>

interface Meter {
  /** @param labels name → value */
  inc(labels: object, amount: number): void
}

export function createPrometheusMetrics(): ScrapedMetrics {
  const registry = new Registry()
  const meters = new Map<MetricName, Meter>()
  for (const name of Object.keys(METRICS).filter(isMetricName))
    meters.set(name, createMeter(registry, name))
  return {
    contentType: registry.contentType,
    scrape: () => registry.metrics(),
    add: (name, labels, amount = 1) => meters.get(name)?.inc(labels, amount),
  }
}

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name)
}

function createMeter(registry: Registry, metricName: MetricName): Meter {
  const { kind, help, labels }: MetricDefinition = METRICS[metricName]
  const options = {
    name: `${PREFIX}${metricName}`,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  }
  const meter: Meter = kind === 'counter' ? new Counter(options) : new Gauge(options)
  // What has not happened yet is 0, and not absent: so its first time is a rise.
  for (const values of combinationsOf(labels)) meter.inc(values, 0)
  return meter
}

function combinationsOf(labels: MetricDefinition['labels']): readonly LabelValues[] {
  return Object.entries(labels).reduce<readonly LabelValues[]>(
    (known, [label, values]) =>
      known.flatMap((before) => values.map((value) => ({ ...before, [label]: value }))),
    [{}],
  )
}
