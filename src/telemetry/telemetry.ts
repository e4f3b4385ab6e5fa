/** Log lines and metrics. Traces join here: this is the one door for what operators watch. */
import { pino, destination } from 'pino'
import type { ScrapedMetrics } from './metrics.js'

export { type Labels, type Metrics, noMetrics, type ScrapedMetrics } from './metrics.js'

/** What a room needs of a logger; pino's own type fits. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * A JSON logger on standard error: standard output belongs to the MCP wire in stdio.
 * Tokens and settings are never passed to it; `authorization` is censored should one slip in.
 */
export function createLog(level: LogLevel): Log {
  return pino(
    { level, redact: ['authorization', '*.authorization', 'headers.authorization'] },
    openStandardError(),
  )
}

/** A line that cannot be written, such as to a file on a full disk, is lost, and the next one tried. */
function openStandardError() {
  let torn = ''
  // One that has failed keeps what it could not write, and would throw.
  const open = () =>
    destination({ fd: 2, sync: true }).once('error', () => {
      torn = '\n'
      output = open()
    })
  let output = open()
  return {
    write(line: string) {
      const text = torn + line
      torn = ''
      output.write(text)
    },
  }
}

/** A logger that says nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** Metrics for Prometheus; its library is loaded by the first use. */
export async function createScrapedMetrics(): Promise<ScrapedMetrics> {
  const { createPrometheusMetrics } = await import('./prometheus-metrics.js')
  return createPrometheusMetrics()
}
