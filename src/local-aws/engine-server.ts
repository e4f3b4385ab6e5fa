import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createLocalS3 } from '../local-s3/local-s3.js'
import type { Log } from '../telemetry/telemetry.js'
import type { DataFolder } from './data-folder.js'
import { createDynamoServer } from './dynalite-server.js'
import { createIdleTimer } from './idle-timer.js'
import { listenOnSocket } from './private-socket.js'

/** Far above any bundle; S3 itself allows 5 GiB in one PutObject. */
const MAX_OBJECT_BYTES = 512 * 1024 * 1024
/** For requests that are still running when the engine closes. */
const CLOSE_TIMEOUT_MS = 5_000

export interface EngineOptions {
  readonly folder: DataFolder
  readonly idleMs: number | undefined
  readonly port?: number | undefined
  readonly log: Log
}

export interface EngineServer {
  readonly url?: string
  /** Settles when everything is closed: after `close`, or by idleness. */
  readonly closed: Promise<void>
  close(): void
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Serves a data folder; the caller holds its lock until `closed` has settled. */
export async function serveEngine(options: EngineOptions): Promise<EngineServer> {
  const { folder, idleMs, port, log } = options
  const s3 = await createLocalS3({
    folder: folder.s3Folder,
    maxObjectBytes: MAX_OBJECT_BYTES,
    log,
  })
  const dynamo = await createDynamoServer(folder.dynamoFolder, log)
  const loopback = port === undefined ? undefined : createServer()
  const servers = loopback ? [loopback, dynamo.server] : [dynamo.server]

  const stopping = new AbortController()
  const close = () => stopping.abort()
  const idle = createIdleTimer(idleMs, close)
  const reading = createUnderWay()
  const answer: Answer = (request, response) => {
    idle.count(response)
    // A closing server keeps a connection that was busy: end it with its answer.
    response.once('close', () => stopping.signal.aborted && setImmediate(closeIdle, servers))
    return isDynamo(request) ? reading.add(dynamo.answer(request, response)) : s3(request, response)
  }
  dynamo.server.on('request', withErrors(answer, log))
  loopback?.on('request', withErrors(refuseStrangers(answer), log))
  const closed = once(stopping.signal, 'abort').then(async () => {
    idle.stop()
    // dynalite throws where nobody can catch when its store is closed amid a query.
    await reading.settled()
    return closeServers(servers)
  })
  try {
    await listenOnSocket(dynamo.server, folder.socketPath)
    const url = loopback && (await listenOnPort(loopback, port ?? 0))
    log.info({ socketPath: folder.socketPath, url }, 'local AWS answers')
    return { closed, close, ...(url !== undefined && { url }) }
  } catch (error) {
    close()
    await closed
    throw error
  }
}

const isDynamo = ({ headers }: IncomingMessage) =>
  String(headers['x-amz-target']).startsWith('DynamoDB')

/** Nothing that a request does may end the engine. */
function withErrors(answer: Answer, log: Log) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch((error: unknown) => {
      if (!request.errored) log.error({ err: error }, 'local AWS failed')
      response.destroy()
    })
  }
}

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/

/** Web pages reach loopback ports too: their own origin, or a name bent to 127.0.0.1, gives them away. */
function refuseStrangers(answer: Answer): Answer {
  return async (request, response) => {
    const { host = '', origin } = request.headers
    const isOurs = origin === undefined || LOOPBACK_HOST.test(origin.replace(/^https?:\/\//, ''))
    if (isOurs && LOOPBACK_HOST.test(host)) return answer(request, response)
    response.writeHead(403).end('only for programs on this machine\n')
  }
}

async function listenOnPort(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error(`expected a loopback port, not ${address}`)
  return `http://127.0.0.1:${address.port}`
}

/** What goes on in the store; its clients may have gone. */
function createUnderWay() {
  const running = new Set<Promise<void>>()
  return {
    add: (work: Promise<void>) => {
      running.add(work)
      const remove = () => running.delete(work)
      work.then(remove, remove)
      return work
    },
    settled: () =>
      Promise.race([
        Promise.allSettled(running),
        delay(CLOSE_TIMEOUT_MS, undefined, { ref: false }),
      ]),
  }
}

async function closeServers(servers: readonly Server[]): Promise<void> {
  const force = setTimeout(() => {
    for (const server of servers) server.closeAllConnections()
  }, CLOSE_TIMEOUT_MS)
  await Promise.all(servers.filter((server) => server.listening).map(closeServer))
  clearTimeout(force)
}

const closeServer = (server: Server) =>
  new Promise<void>((resolve, reject) =>
    server.close((error) => (error ? reject(error) : resolve())),
  )

function closeIdle(servers: readonly Server[]): void {
  for (const server of servers) server.closeIdleConnections()
}
