/**
 * AWS on a laptop: DynamoDB (dynalite on disk) and S3 (a folder) in one small process for a data
 * folder, shared by every gateway, sidecar and command on it, gone when nobody has used it for a
 * while. It is reached over a socket that only the user can open; signatures are not checked.
 */
import type { Log } from '../telemetry/telemetry.js'
import { openDataFolder, type DataFolder } from './data-folder.js'
import { serveEngine } from './engine-server.js'
import { takeFolderLock, type FolderLock } from './folder-lock.js'
import { isAnswering, pollUntil } from './socket-probe.js'

export { connectLocalAws } from './connect-local-aws.js'
export { spawnLocalAws } from './spawn-local-aws.js'

export interface LocalAwsOptions {
  readonly dataFolder: string
  /** The engine stops after this many milliseconds without a request. Default: never. */
  readonly idleMs?: number | undefined
  /**
   * Also answers on this loopback port (0: any free one), for tools that know no Unix sockets.
   * Every user of the machine can reach it.
   */
  readonly port?: number | undefined
  readonly log: Log
}

export interface LocalAws {
  readonly socketPath: string
  /** Only with a port. */
  readonly url?: string
  /** Settles when the engine has stopped, by `close` or by idleness. */
  readonly closed: Promise<void>
  close(): Promise<void>
}

/** Another engine serves this folder already: nothing is left to do. */
export class LocalAwsAlreadyRunning extends Error {
  override readonly name = 'LocalAwsAlreadyRunning'
  readonly socketPath: string

  constructor(socketPath: string) {
    super(`an engine already answers on ${socketPath}`)
    this.socketPath = socketPath
  }
}

/** For an engine that holds the folder and does not answer: it is starting, or ending. */
const LOCK_TIMEOUT_MS = 10_000

/**
 * Runs the engine in this process.
 *
 * @throws LocalAwsAlreadyRunning when another one serves this folder
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const folder = await openDataFolder(options.dataFolder)
  const lock = await takeLock(folder)
  try {
    const { idleMs, port, log } = options
    const server = await serveEngine({ folder, idleMs, port, log })
    const closed = server.closed.finally(() => lock.release())
    return {
      ...server,
      socketPath: folder.socketPath,
      closed,
      close: () => closeAll(server, closed),
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function closeAll(server: { close(): void }, closed: Promise<void>): Promise<void> {
  server.close()
  await closed
}

async function takeLock({ lockFolder, socketPath }: DataFolder): Promise<FolderLock> {
  const lock = await pollUntil(async () => {
    const taken = await takeFolderLock(lockFolder)
    return taken ?? ((await isAnswering(socketPath)) ? 'served' : undefined)
  }, LOCK_TIMEOUT_MS)
  if (lock === 'served') throw new LocalAwsAlreadyRunning(socketPath)
  if (lock === undefined)
    throw new Error(`a process holds ${lockFolder}, but does not answer on ${socketPath}`)
  return lock
}
