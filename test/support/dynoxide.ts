import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { ClientOptions } from '../../src/aws/aws.js'

const FOLDER = fileURLToPath(new URL('../..', import.meta.url))
const BINARY = join(FOLDER, 'node_modules', '@dynoxide', 'linux-x64', 'dynoxide')

/** False when tests that need it are not declared; CI has to have it. */
export const hasDynoxide = findDynoxide()

export interface TestDynoxide {
  readonly client: ClientOptions
  stop(): Promise<void>
}

/** A DynamoDB of other people's making, on a free port, with its file in a temp folder. */
export async function startDynoxide(): Promise<TestDynoxide> {
  const folder = await mkdtemp(join(tmpdir(), 'test-dynoxide-'))
  const { server, endpoint } = await startOnFreePort(join(folder, 'tables.db'))
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return {
    client: { region: 'us-east-1', credentials, endpoint },
    async stop() {
      await end(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function findDynoxide(): boolean {
  if (existsSync(BINARY)) return true
  const how =
    'dynoxide is not installed: npm install --no-save @dynoxide/linux-x64@1.2.1, on Linux x64'
  if (process.env['CI'] === 'true') throw new Error(how)
  process.stderr.write(`tests on a second DynamoDB engine are not run; ${how}\n`)
  return false
}

/** Another process may take the port in between; then the next one is tried. */
async function startOnFreePort(file: string, attempts = 5) {
  const port = await freePort()
  try {
    return { server: await startServer(file, port), endpoint: `http://127.0.0.1:${port}` }
  } catch (error) {
    if (attempts <= 1) throw error
    return startOnFreePort(file, attempts - 1)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

async function startServer(file: string, port: number): Promise<ChildProcess> {
  const args = ['serve', '--port', String(port), '--db-path', file]
  const server = spawn(BINARY, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line)
    if (!line.includes('listening on')) continue
    server.stderr.resume()
    return server
  }
  throw new Error(`dynoxide did not start:\n${said.join('\n')}`)
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}
