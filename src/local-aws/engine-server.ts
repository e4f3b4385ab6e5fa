import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import dynalite from 'dynalite'
import type { Log } from '../telemetry/telemetry.js'
import type { DataFolder } from './data-folder.js'
import { guardDynalite } from './dynalite-requests.js'
import { createFolderS3 } from './folder-s3.js'
import { createIdleTimer } from './idle-timer.js'

/** Far above any bundle; S3 itself allows 5 GiB in one PutObject. */
const MAX_OBJECT_BYTES = 512 * 1024 * 1024
/** For requests that are still running when the engine closes. */
const CLOSE_TIMEOUT_MS = 5_000

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

interface EngineOptions {
  readonly folder: DataFolder
  readonly idleMs: number
  readonly port?: number | undefined
  readonly log: Log
}

interface EngineServer {
  readonly url?: string
  readonly closed: Promise<void>
  close(): void
}

/** Serves a data folder whose lock is held. `close` begins the end, `closed` is the end. */
export async function serveEngine(options: EngineOptions): Promise<EngineServer> {
  const { folder, idleMs, port, log } = options
  const server = dynalite({ path: folder.dynamoFolder, ...TABLES_AT_ONCE })
  const listener = await createListener(server, folder, log)
  const loopback = port === undefined ? undefined : createServer()
  const servers = loopback ? [server, loopback] : [server]
  const ended = Promise.all(servers.map((each) => once(each, 'closed')))
  const close = closeOnce(servers, log)
  const idle = createIdleTimer(idleMs, close)
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    idle.count(response)
    void listener(request, response)
  }
  server.on('request', serve)
  loopback?.on('request', onlyLoopback(serve))
  return { closed: ended, close }
}
