import { expect, it } from 'vitest'
import { type MetricDefinition, METRICS } from '../../src/telemetry/metrics.js'
import { createScrapedMetrics } from '../../src/telemetry/telemetry.js'
import { readSamples } from './samples.js'

it('a scrape names every metric with its kind and meaning, 0 before it has happened, and nothing else', async () => {
  const metrics = await createScrapedMetrics()
  const text = await metrics.scrape()
  const definitions: Readonly<Record<string, MetricDefinition>> = METRICS
  const combinations = Object.entries(definitions).flatMap(([name, { kind, help, labels }]) => {
    expect(text).toContain(`# HELP mcp_${name} ${help}\n# TYPE mcp_${name} ${kind}\n`)
    const [[label, values] = ['', []]] = Object.entries(labels)
    if (label === '') return [`mcp_${name}`]
    return values.map((value) => `mcp_${name}{${label}="${value}"}`)
  })
  expect(readSamples(text)).toEqual(Object.fromEntries(combinations.map((name) => [name, 0])))
})

it('counters rise and gauges go both ways, each process its own', async () => {
  const [metrics, others] = await Promise.all([createScrapedMetrics(), createScrapedMetrics()])
  metrics.add('event_streams_open', {})
  metrics.add('event_streams_open', {}, 3)
  metrics.add('event_streams_open', {}, -2)
  metrics.add('event_streams_ended_total', { reason: 'slow' })
  metrics.add('event_streams_ended_total', { reason: 'slow' })
  metrics.add('event_streams_refused_total', { reason: 'user_limit' })
  expect(readSamples(await metrics.scrape())).toMatchObject({
    mcp_event_streams_open: 2,
    'mcp_event_streams_ended_total{reason="slow"}': 2,
    'mcp_event_streams_ended_total{reason="client"}': 0,
    'mcp_event_streams_refused_total{reason="user_limit"}': 1,
  })
  expect(readSamples(await others.scrape())).toMatchObject({ mcp_event_streams_open: 0 })
})
