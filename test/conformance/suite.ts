import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { SUITE, type Leg } from './legs.js'

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
/** A leg takes seconds; one that hangs is stopped. */
const LEG_TIMEOUT_MS = 240_000

/** Runs one leg of the suite. */
export async function runSuite({
  leg,
  url,
  expectedFailuresFile,
  signal,
}: SuiteRun): Promise<SuiteOutput> {
  signal.throwIfAborted()
  const packages = ['-y', '-p', NODE, '-p', SUITE]
  const expected = ['--expected-failures', expectedFailuresFile]
  const suite = spawn(
    'npx',
    [...packages, 'conformance', 'server', '--url', url, ...leg.flags, ...expected],
    // A group of its own: npx, its shell and the suite end together.
    { stdio: ['ignore', 'pipe', 'pipe'], detached: true },
  )
  const chunks: Buffer[] = []
  suite.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  suite.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const stop = () => killGroup(suite.pid)
  const timer = setTimeout(stop, LEG_TIMEOUT_MS)
  signal.addEventListener('abort', stop)
  try {
    const [exitCode] = await once(suite, 'close')
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
