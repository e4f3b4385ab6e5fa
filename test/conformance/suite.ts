import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SUITE, type Leg } from './legs.js'

/** The suite in npx's cache: where it and the Node that it needs are found. */
export interface InstalledSuite {
  readonly searchPath: string
}

export interface SuiteRun {
  readonly leg: Leg
  readonly url: string
  readonly expectedFailuresFile: string
  readonly signal: AbortSignal
}

export interface SuiteOutput {
  readonly exitCode: number
  /** Standard output and standard error as they came. */
  readonly text: string
}

/** The suite needs Node 22; this is the plain binary, without an install script. */
const NODE = `node-${process.platform}-${process.arch}@22`
const INSTALL_TIMEOUT_MS = 300_000
/** A leg takes seconds; one that hangs is stopped. */
const LEG_TIMEOUT_MS = 240_000

/** Once for all legs, so that each of them needs no npx. */
export async function installSuite(signal: AbortSignal): Promise<InstalledSuite> {
  const packages = ['-y', '--prefer-offline', '-p', NODE, '-p', SUITE]
  const npx = ['npx', ...packages, '-c', 'echo "$PATH"'] as const
  const { exitCode, text } = await run(npx, { timeoutMs: INSTALL_TIMEOUT_MS, signal })
  if (exitCode !== 0) throw new Error(`npx could not fetch the suite:\n${text}`)
  return { searchPath: text.trimEnd().split('\n').at(-1) ?? '' }
}

/** Runs one leg of the suite. */
export async function runSuite(
  { searchPath }: InstalledSuite,
  { leg, url, expectedFailuresFile, signal }: SuiteRun,
): Promise<SuiteOutput> {
  const expected = ['--expected-failures', expectedFailuresFile]
  const command = ['conformance', 'server', '--url', url, ...leg.flags, ...expected] as const
  return run(command, { searchPath, timeoutMs: LEG_TIMEOUT_MS, signal })
}

interface RunOptions {
  /** Default: this process's own. */
  readonly searchPath?: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

async function run(
  [program, ...args]: readonly [string, ...string[]],
  { searchPath = process.env['PATH'], timeoutMs, signal }: RunOptions,
): Promise<SuiteOutput> {
  signal.throwIfAborted()
  const child = spawn(program, args, {
    env: { ...process.env, PATH: searchPath },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npx, its shell and the suite end together.
    detached: true,
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const stop = () => killGroup(child.pid)
  const timer = setTimeout(stop, timeoutMs)
  signal.addEventListener('abort', stop)
  try {
    const [exitCode] = await once(child, 'close')
    signal.throwIfAborted()
    return {
      exitCode: typeof exitCode === 'number' ? exitCode : 1,
      text: Buffer.concat(chunks).toString(),
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    stop()
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The whole group has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
