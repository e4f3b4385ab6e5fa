/** This gateway as `npm start` runs it: the built product, its embedded engines in their process. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { builtFile } from '../support/built.js'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'
import { writeManyTools } from './many-tools.js'
import { findProcesses } from './process-table.js'

export interface GatewayUnderTest {
  readonly pid: number
  /** The engines' process, which the gateway has started. */
  readonly enginePid: number
  readonly port: number
  /** The end of its log. */
  readonly errors: () => string
  /** A signed token. Default: of an ordinary caller. */
  tokenFor(endpointId: string, role?: 'caller' | 'admin'): Promise<string>
  /** Gives an endpoint the demo bundle with this many tools in all. */
  publishTools(endpointId: string, toolCount: number): Promise<void>
}

const START_TIMEOUT_MS = 30_000
const HOUR_MS = 3_600_000

export async function startGateway(bench: Bench): Promise<GatewayUnderTest> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'mcp-bench-'))
  bench.onEnd(() => rm(dataFolder, { recursive: true, force: true }))
  bench.onEnd(() => stopEngine(dataFolder))
  const jwtSecretKey = randomBytes(36).toString('base64url')
  const run = (args: readonly string[]) => {
    const command = [fileURLToPath(builtFile('main.js')), ...args]
    const options = { env: environment(dataFolder, jwtSecretKey), detached: true }
    const child = watchChild(spawn(process.execPath, command, options), `"${args.join(' ')}"`)
    bench.onEnd(child.stop)
    return child
  }
  const wait = { signal: bench.signal, timeoutMs: START_TIMEOUT_MS }
  const gateway = run(['start'])
  const port = await gateway.line(/(?<=127\.0\.0\.1:)\d+/, wait)
  const [enginePid] = findEngine(dataFolder)
  if (enginePid === undefined) throw new Error('no process of the embedded engines was found')
  return {
    pid: gateway.pid,
    enginePid,
    port: Number(port),
    errors: gateway.errors,
    tokenFor: (endpointId, role = 'caller') =>
      createLocalTokens(jwtSecretKey).sign({
        userId: 'bench',
        endpointId,
        roles: [role],
        expiresAt: Date.now() + HOUR_MS,
      }),
    publishTools: async (endpointId, toolCount) => {
      const folder = join(dataFolder, `${toolCount}-tools`)
      await writeManyTools(folder, toolCount)
      const push = run(['bundle', 'push', folder, '--endpoint', endpointId])
      await push.line(new RegExp(`${toolCount} tools`), wait)
    },
  }
}

/** Nothing of the caller's own settings, which might lead to AWS. */
function environment(dataFolder: string, jwtSecretKey: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: tmpdir(),
    PORT: '0',
    DATA_DIR: dataFolder,
    JWT_SECRET_KEY: jwtSecretKey,
    // One user asks more than any agent does.
    RATE_USER_PER_MINUTE: '0',
    RATE_USER_BYTES_PER_MINUTE: '0',
    RATE_ENDPOINT_PER_MINUTE: '0',
    RATE_ENDPOINT_BYTES_PER_MINUTE: '0',
    MAX_CALLS_PER_USER: '0',
    MAX_CALLS_PER_ENDPOINT: '0',
  }
}

function findEngine(dataFolder: string): number[] {
  return findProcesses(['local-aws', dataFolder])
}

const POLL_MS = 20
const STOP_TIMEOUT_MS = 10_000

/** It is nobody's child and would live on for a minute, so it is found by its data folder. */
async function stopEngine(dataFolder: string): Promise<void> {
  for (const pid of findEngine(dataFolder)) sendSignal(pid, 'SIGTERM')
  const killsAt = performance.now() + STOP_TIMEOUT_MS
  for (let pids = findEngine(dataFolder); pids.length > 0; pids = findEngine(dataFolder)) {
    if (performance.now() > killsAt) for (const pid of pids) sendSignal(pid, 'SIGKILL')
    await sleep(POLL_MS)
  }
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
