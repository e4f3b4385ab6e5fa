import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { builtFile } from '../support/built.js'

export interface GatewayProcess {
  readonly url: URL
  /** What it wrote on standard error so far. */
  log(): string
  stop(): Promise<void>
}

export interface GatewaySettings {
  readonly dataFolder: string
  readonly bundleFolder: string
  readonly token: string
}

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000

/** Starts the built gateway as its users do, on a free port, and waits until it says where. */
export async function startGateway(settings: GatewaySettings): Promise<GatewayProcess> {
  const gateway = spawn(process.execPath, [fileURLToPath(builtFile('main.js')), 'start'], {
    env: environment(settings),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const chunks: Buffer[] = []
  gateway.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const log = () => Buffer.concat(chunks).toString()
  try {
    const url = await readUrl(gateway)
    return { url, log, stop: () => stop(gateway) }
  } catch (cause) {
    await stop(gateway)
    throw new Error(`the gateway did not start:\n${log()}`, { cause })
  }
}

/** Nothing of the caller's own settings, which might lead to AWS. */
function environment({ dataFolder, bundleFolder, token }: GatewaySettings): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: dataFolder,
    MCP_CONFIG_FILE: bundleFolder,
    MCP_ENDPOINT_ID: 'default',
    ADMIN_STATIC_TOKEN: token,
  }
}

async function readUrl(gateway: ChildProcess): Promise<URL> {
  if (gateway.stdout === null) throw new Error('the gateway has no standard output')
  const timer = setTimeout(() => gateway.kill('SIGKILL'), START_TIMEOUT_MS)
  try {
    for await (const line of createInterface({ input: gateway.stdout })) {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
      if (url === undefined) continue
      gateway.stdout.resume()
      return new URL(url)
    }
    throw new Error('it ended before it said where it listens')
  } finally {
    clearTimeout(timer)
  }
}

async function stop(gateway: ChildProcess): Promise<void> {
  if (gateway.exitCode !== null || gateway.signalCode !== null) return
  const ended = once(gateway, 'exit')
  gateway.kill('SIGTERM')
  const timer = setTimeout(() => gateway.kill('SIGKILL'), STOP_TIMEOUT_MS)
  await ended
  clearTimeout(timer)
}
