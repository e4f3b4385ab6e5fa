import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** False when tests that need Redis are to be skipped; CI has to have it. */
export const hasRedis = findRedis()

export interface TestRedis {
  readonly url: string
  /** At once, as `kill -9` does. */
  kill(): Promise<void>
  /** Starts again on the same port, with what the append-only file holds. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** A `redis-server` of its own, on a free port, with its append-only file in a temp folder. */
export async function startTestRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'test-redis-'))
  const { server: first, port } = await startOnFreePort(folder)
  let server = first
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(server),
    restart: async () => {
      server = await startServer(folder, port)
    },
    stop: async () => {
      await end(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function findRedis(): boolean {
  const isFound = spawnSync('redis-server', ['--version']).status === 0
  if (isFound) return true
  const how = 'redis-server is not in PATH: apt-get install redis-server, or brew install redis'
  if (process.env['CI'] === 'true') throw new Error(how)
  process.stderr.write(`tests of the event log on Redis are skipped; ${how}\n`)
  return false
}

/** Another process may take the port in between; then the next one is tried. */
async function startOnFreePort(folder: string, attempts = 5) {
  const port = await freePort()
  try {
    return { server: await startServer(folder, port), port }
  } catch (error) {
    if (attempts <= 1) throw error
    return startOnFreePort(folder, attempts - 1)
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

async function startServer(folder: string, port: number): Promise<ChildProcess> {
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
  }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  for await (const line of createInterface({ input: server.stdout })) {
    said.push(line)
    if (!line.includes('Ready to accept connections')) continue
    server.stdout.resume()
    return server
  }
  throw new Error(`redis-server did not start:\n${said.join('\n')}`)
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
}
