/** What the process gives to every command. */
import type { Readable, Writable } from 'node:stream'
import type { Bundling } from '../bundling/bundling.js'
import type { UserChanges, Users } from '../accounts/accounts.js'
import type { AuditTrail } from '../audit/audit.js'
import type { Calls } from '../calls/calls.js'
import type { Catalog } from '../catalog/catalog.js'
import type { Config } from '../config/config.js'
import type { ApiKeys } from '../keys/keys.js'
import type { Inspect } from '../publishing/inspection.js'
import type { Publishing } from '../publishing/publishing.js'
import type { Log, Metrics } from '../telemetry/telemetry.js'
import type { HttpOptions, HttpServer } from '../transport/http-server.js'
import type { StdioOptions } from '../transport/stdio.js'

export interface Program {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** Settles at the first SIGTERM or SIGINT; a second one ends the process at once. */
  untilSignal(): Promise<void>
  open(config: Config, options: OpenOptions): OpenGateway
  openWorkbench(config: Config, options: Pick<OpenOptions, 'log'>): Workbench
  /** @returns the running engines of a data folder; undefined when another process runs them */
  startEngines(options: EngineOptions): Promise<Engines | undefined>
}

export interface EngineOptions {
  readonly dataFolder: string
  /** They end after this many milliseconds without a request. Default: never. */
  readonly idleMs?: number | undefined
  /** A loopback port beside the socket; 0 takes a free one. */
  readonly port?: number | undefined
  readonly log: Log
}

export interface Engines {
  /** Only with a port. */
  readonly url?: string
  /** Settles when they have stopped, by `close` or by idleness. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly log: Log
  /** Default: nobody counts. */
  readonly metrics?: Metrics | undefined
  readonly secrets?: { jwtSecretKey: string; adminToken?: string | undefined } | undefined
  /** Between two looks for changed lists that clients are told of, in milliseconds. Default: 500. */
  readonly lookEveryMs?: number | undefined
}

/** What works on bundles without any store. */
export interface Workbench {
  readonly bundling: Bundling
  readonly inspect: Inspect
  close(): Promise<void>
}

/** A gateway whose parts are chosen and which serves nobody yet. */
export interface OpenGateway extends Workbench {
  readonly calls: Calls
  readonly catalog: Catalog
  readonly publishing: Publishing
  readonly users: Users
  readonly userChanges: UserChanges
  readonly keys: ApiKeys
  readonly auditTrail: AuditTrail
  createTables(): Promise<void>
  openHttp(options: HttpOptions): Promise<HttpServer>
  serveStdio(streams: { input: Readable; output: Writable }, options: StdioOptions): Promise<void>
  endTasks(timeoutMs: number): Promise<void>
}
