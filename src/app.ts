/** What is in a gateway? Every part, in the order in which a request meets it. */
import { createAccess } from './access/access.js'
import type { SignIns } from './accounts/accounts.js'
import type { Audit } from './audit/audit.js'
import type { Authenticator, EventTickets, PublicKeys, Resources } from './auth/auth.js'
import type { Bundles } from './bundles/bundles.js'
import type { Calls } from './calls/calls.js'
import type { Catalog } from './catalog/catalog.js'
import type { Config } from './config/config.js'
import type { Clock } from './domain/clock.js'
import type { StateStore } from './domain/state-store.js'
import type { Limits } from './limits/limits.js'
import { createDispatch, type Dispatch } from './dispatch/dispatch.js'
import { createManagement, type ManagementParts } from './management/management.js'
import type { Peers } from './peers/peers.js'
import type { ServerInfo } from './protocol/protocol.js'
import type { Publishing } from './publishing/publishing.js'
import { createEndpointSignals } from './events/endpoint-signals.js'
import type { EventLog } from './events/events.js'
import type { Executor } from './runtime/runtime.js'
import type { Sealer } from './sealing/sealing.js'
import { createToldSessions, type Sessions } from './sessions/sessions.js'
import { createSubscriptions } from './subscriptions/subscriptions.js'
import { createTasks } from './tasks/tasks.js'
import type { Log, Metrics } from './telemetry/telemetry.js'
import {
  createRecordedCalls,
  createToldCalls,
  createUserEvents,
} from './user-events/user-events.js'
import type { HttpOptions, HttpServer } from './transport/http-server.js'
import type { StdioOptions, StdioParts } from './transport/stdio.js'

export interface GatewayParts {
  /** 1. who is calling; stdio has no token to prove, so it needs none */
  readonly authenticator?: Authenticator | undefined
  /** of browsers, whose event streams bring no header */
  readonly tickets: EventTickets
  /** signing in by password, where users have one */
  readonly signIns?: SignIns | undefined
  /** for whoever else checks the tokens made here */
  readonly publicKeys?: PublicKeys | undefined
  /** what the endpoints are called, and who issues tokens for them */
  readonly resources?: Resources | undefined
  /** in which conversation; stdio is one, so it needs none */
  readonly sessions?: Sessions | undefined
  /** who is told of what was refused; nobody when absent */
  readonly audit?: Pick<Audit, 'note'> | undefined
  /** how much; stdio has one client, and no limit */
  readonly limits?: Limits | undefined
  /** 2. what may be called */
  readonly catalog: Catalog
  /** 3. its code */
  readonly bundles: Bundles
  /** 4. run it */
  readonly executor: Executor
  /** 5. record it */
  readonly calls: Calls
  /** 6. tell the other instances */
  readonly events: EventLog
  readonly peers: Peers
  /** what those work on who manage endpoints; nobody does when absent */
  readonly management?: ManagedStores | undefined
  /** who takes bundles that are sent to this gateway, where they are */
  readonly uploads?: Pick<Publishing, 'receiveUpload'> | undefined
  /** what has a lifetime, and what travels with clients unread */
  readonly state: StateStore
  readonly sealer: Sealer
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly server: ServerInfo
}

export type ManagedStores = Pick<
  ManagementParts,
  | 'administration'
  | 'auditTrail'
  | 'caches'
  | 'endpoints'
  | 'keys'
  | 'publishing'
  | 'userChanges'
  | 'users'
>

export interface GatewayOptions {
  readonly callTimeoutMs: number
  /** How long a client may take to answer the questions of a round, in milliseconds. */
  readonly roundTtlMs: number
  /** How long a function may run in the background, in milliseconds. */
  readonly taskTimeoutMs: number
  /** How long a call in the background can be asked for after it was made, in milliseconds. */
  readonly taskTtlMs: number
  /** Calls in the background at a time. */
  readonly maxBackgroundCalls: number
  readonly pageSize: number
  /**
   * How long events are kept for replay, in milliseconds: as long the catalog of an endpoint is
   * watched for a client that may come back. Default: 5 minutes.
   */
  readonly eventMaxAgeMs?: number | undefined
  /** Between two looks at a watched catalog, in milliseconds. Default: 500. */
  readonly lookEveryMs?: number | undefined
}

export interface Gateway {
  /** One core for every transport: there is no second way to call a tool. */
  readonly dispatch: Dispatch
  /** Fastify is imported when first needed, so that stdio starts without it. */
  openHttp(options: HttpOptions): Promise<HttpServer>
  /** Settles at the end of the input, when everything that ran has been answered. */
  serveStdio(streams: StdioStreams, options: StdioOptions): Promise<void>
  /**
   * Takes no new calls into the background and waits for those that run; after this long they end
   * as interrupted.
   */
  endTasks(timeoutMs: number): Promise<void>
  /** Ends what goes on outside of requests; to be called before the parts are closed. */
  endBackground(): Promise<void>
}

type StdioStreams = Pick<StdioParts, 'input' | 'output'>

export function buildGateway(parts: GatewayParts, options: GatewayOptions): Gateway {
  const { authenticator, server, log, metrics } = parts
  const signals = createEndpointSignals(parts.events, log)
  const sessions = parts.sessions && createToldSessions({ sessions: parts.sessions, signals, log })
  const watch = { lingerMs: options.eventMaxAgeMs, lookEveryMs: options.lookEveryMs }
  const subscriptions = createSubscriptions({ ...parts, signals, watch })
  // Without secrets there is no HTTP: nobody here manages anything.
  const recordedCalls = authenticator && parts.management && createRecordedCalls(parts)
  const calls = createToldCalls({ ...parts, recordedCalls })
  const access = createAccess(parts)
  const told = { calls, signals, subscriptions }
  const tasks = createTasks({ ...parts, ...options, ...told, knowsTool: access.mayRecall })
  const about = { access, calls, sessions, subscriptions, tasks }
  const dispatch = createDispatch({ ...parts, ...options, ...about })
  const { peers } = parts
  answerCancels(peers, dispatch)
  return {
    dispatch,
    openHttp: async (httpOptions) => {
      if (authenticator === undefined || sessions === undefined)
        throw new Error('HTTP is not served without secrets for tokens and sessions')
      const { createHttpServer } = await import('./transport/http-server.js')
      await peers.open()
      const { events, uploads, clock, signIns, publicKeys, tickets } = parts
      const userEvents = createUserEvents({ events, subscriptions, clock })
      const { resources, audit, management: managed } = parts
      const also = { access, calls, userEvents }
      const management =
        managed &&
        audit &&
        recordedCalls &&
        createManagement({ ...parts, ...managed, ...also, audit, recordedCalls })
      const known = { authenticator, access, audit, sessions, resources, signIns, publicKeys }
      const heard = { events, signals, subscriptions, userEvents, tickets }
      const used = { limits: parts.limits, uploads, management }
      return createHttpServer(
        { ...known, ...heard, ...used, dispatch, server, log, metrics },
        httpOptions,
      )
    },
    serveStdio: async (streams, stdioOptions) => {
      const { serveStdio } = await import('./transport/stdio.js')
      // Its client does not wait until others are heard.
      void peers.open()
      return serveStdio({ dispatch, access, subscriptions, server, log, ...streams }, stdioOptions)
    },
    endTasks: (timeoutMs) => tasks.close(timeoutMs),
    endBackground: async () => {
      await tasks.close(0)
      subscriptions.close()
      sessions?.close()
      await calls.endTelling()
    },
  }
}

/** Any instance may be asked to end a call that runs here. */
function answerCancels(peers: Peers, dispatch: Dispatch): void {
  peers.onQuestion((question) => {
    if (question.type !== 'call.cancel') return undefined
    const { endpointId, callId, reason } = question
    return dispatch.cancelCall(endpointId, callId, reason) ? { type: 'call.found' } : undefined
  })
}

/** What of the settings belongs to no part alone. */
export function toGatewayOptions(config: Config): GatewayOptions {
  return {
    callTimeoutMs: config.CALL_TIMEOUT_MS,
    roundTtlMs: config.ROUND_TTL_MS,
    taskTimeoutMs: config.TASK_TIMEOUT_MS,
    taskTtlMs: config.TASK_TTL_MS,
    maxBackgroundCalls: config.MAX_BACKGROUND_CALLS,
    pageSize: config.PAGE_SIZE,
    eventMaxAgeMs: config.EVENT_LOG_MAX_AGE_MS,
  }
}
