/**
 * What operators count: every metric once, whatever reads it in the end. Labels have the values
 * that stand here and no others, so there are as many series as anybody can see in this table; none
 * names a tenant or a user.
 */

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge'
  readonly help: string
  /** Label → its values. */
  readonly labels: Readonly<Record<string, readonly string[]>>
}

export const METRICS = {
  event_streams_open: { kind: 'gauge', help: 'Event streams that are open.', labels: {} },
  event_streams_ended_total: {
    kind: 'counter',
    help: 'Event streams that have ended: cut as their client read too slowly, left by it, over with its credentials, ended by this server as it stopped, or as the event log failed.',
    labels: { reason: ['slow', 'client', 'credentials', 'server', 'error'] },
  },
  event_streams_refused_total: {
    kind: 'counter',
    help: 'Event streams that were refused, as the user or this server had too many.',
    labels: { reason: ['user_limit', 'total_limit'] },
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>

export type MetricName = keyof typeof METRICS

/** A value for each label of a metric. */
export type Labels<Name extends MetricName> = {
  readonly [Label in keyof (typeof METRICS)[Name]['labels']]: ValueOf<
    (typeof METRICS)[Name]['labels'][Label]
  >
}

type ValueOf<Values> = Values extends readonly (infer Value)[] ? Value : never

export interface Metrics {
  /** @param amount 1 when absent; below 0 for gauges alone */
  add<Name extends MetricName>(name: Name, labels: Labels<Name>, amount?: number): void
}

/** Metrics that somebody comes for, from time to time. */
export interface ScrapedMetrics extends Metrics {
  /** Of the text. */
  readonly contentType: string
  scrape(): Promise<string>
}

/** Nobody counts. */
export const noMetrics: Metrics = { add: () => undefined }
