import { Agent } from 'node:http'
import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { codeOf } from '../domain/code-of.js'
import { openDataFolder, type DataFolder } from './data-folder.js'
import { isAnswering, pollUntil } from './socket-probe.js'

export interface ConnectOptions {
  readonly dataFolder: string
  /** Starts the engine's process and returns; called when nothing answers. */
  readonly spawnEngine: () => void
  /** How long a request waits for the engine to start. Default: 15 s. */
  readonly startTimeoutMs?: number | undefined
}

/** Fits every client that this engine answers. */
export type LocalClientOptions = Pick<
  DynamoDBClientConfig & S3ClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler'
>

type Request = Parameters<NodeHttpHandler['handle']>[0]
type Settings = Parameters<NodeHttpHandler['handle']>[1]
type Send = NodeHttpHandler['handle']

interface Engine {
  readonly send: Send
  destroy(): void
}

const DEFAULT_START_TIMEOUT_MS = 15_000
/** An engine that ended while it was waited for is started again. */
const RESPAWN_AFTER_MS = 4_000
/** For a connection on which nothing moves. */
const SOCKET_TIMEOUT_MS = 60_000
const MAX_SOCKETS = 256

/** What the AWS clients need to reach the engine of a data folder, started when it is needed. */
export function connectLocalAws(options: ConnectOptions): LocalClientOptions {
  let opened: Promise<Engine> | undefined
  const open = async () => {
    opened ??= openEngine(options)
    try {
      return await opened
    } catch (error) {
      opened = undefined
      throw error
    }
  }
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    endpoint: 'http://localhost',
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request: Request, settings?: Settings) =>
        (await open()).send(request, settings),
      destroy: () => void opened?.then((engine) => engine.destroy()),
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
    },
  }
}

async function openEngine(options: ConnectOptions): Promise<Engine> {
  const folder = await openDataFolder(options.dataFolder)
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, socketPath: folder.socketPath }
  const http = new NodeHttpHandler({
    httpAgent: new Agent(agent),
    socketTimeout: SOCKET_TIMEOUT_MS,
  })
  const send: Send = (request, settings) => http.handle(request, settings)
  return {
    send: withRestarts(send, folder, createStarter(folder, options)),
    destroy: () => http.destroy(),
  }
}

/**
 * Sends again, once, when no engine answered or it died. More is left to the SDK, whose own
 * retries come through here; but those share a quota that many waiting calls would use up.
 */
function withRestarts(send: Send, folder: DataFolder, start: () => Promise<void>): Send {
  return async (request, settings) => {
    // A stream can be sent once only, so it waits until somebody listens.
    if (isStream(request.body)) {
      if (!(await isAnswering(folder.socketPath))) await start()
      return send(request, settings)
    }
    try {
      return await send(request, settings)
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      await start()
      return send(request, settings).catch(throwTransient(folder))
    }
  }
}

/** One start, however many wait for it. */
function createStarter(folder: DataFolder, options: ConnectOptions): () => Promise<void> {
  let starting: Promise<void> | undefined
  return async () => {
    starting ??= startEngine(folder, options)
    try {
      await starting
    } finally {
      starting = undefined
    }
  }
}

async function startEngine(folder: DataFolder, options: ConnectOptions): Promise<void> {
  const { spawnEngine, startTimeoutMs = DEFAULT_START_TIMEOUT_MS } = options
  let spawnedAt = Number.NEGATIVE_INFINITY
  const found = await pollUntil(async () => {
    if (await isAnswering(folder.socketPath)) return true
    if (performance.now() - spawnedAt < RESPAWN_AFTER_MS) return undefined
    spawnedAt = performance.now()
    spawnEngine()
    return undefined
  }, startTimeoutMs)
  if (found === undefined)
    throw new Error(
      `local AWS did not answer on ${folder.socketPath} within ${startTimeoutMs} ms; its log is ${folder.logFile}`,
    )
}

const isStream = (body: unknown) =>
  typeof body === 'object' &&
  body !== null &&
  !ArrayBuffer.isView(body) &&
  !(body instanceof ArrayBuffer)

/** Nobody listens (the first two), or who listened is gone. */
const LOST = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'])

function isConnectionLost(error: unknown): boolean {
  return LOST.has(codeOf(error) ?? '')
}

/** To the SDK a missing socket is no reason to retry; the name makes it one. */
function throwTransient({ logFile }: DataFolder) {
  return (error: unknown): never => {
    if (!isConnectionLost(error)) throw error
    const message = `local AWS stopped while it was asked; its log is ${logFile}`
    throw Object.assign(new Error(message, { cause: error }), { name: 'TimeoutError' })
  }
}
