/** Log lines. Metrics and traces join here: this is the one door for what operators watch. */
import { pino, destination } from 'pino'

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
    destination({ fd: 2, sync: true }),
  )
}

/** A logger that says nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}
