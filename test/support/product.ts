/** The product as its users run it: child processes, and the engines that they start. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findProcesses } from '../bench/process-table.js'
import { builtFile } from './built.js'

export interface Child {
  readonly pid: number
  readonly stdin: Writable
  /** Everything that it wrote so far. */
  stdout(): string
  stderr(): string
  /** The first match in its standard output; a child that ends before it is an error. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Settles when it has ended and its output is complete. */
  readonly ended: Promise<Ended>
  /** To this process alone, or to everything that it started and that did not detach itself. */
  send(signal: NodeJS.Signals, to?: 'process' | 'group'): void
  /** SIGTERM; what is still there after a while is killed. */
  stop(): Promise<Ended>
}

export interface Ended {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The built command, as `npx mcp-daemon` runs it. */
export const mcpDaemon = [process.execPath, fileURLToPath(builtFile('main.js'))] as const

const UNTIL_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const POLL_MS = 20

/**
 * Runs a command in the product's folder.
 *
 * @param env its settings; it gets none of the caller's own, which might lead to AWS
 */
export function run(command: readonly string[], env: Readonly<Record<string, string>>): Child {
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: tmpdir(), ...env },
    stdio: 'pipe',
    // A group of its own: npm, its shell and the product can be killed together.
    detached: true,
  })
  const stdout = collectText(child.stdout)
  const stderr = collectText(child.stderr)
  // One that cannot be started has no pid; one that has ended takes no more input.
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal })),
  )
  const pid = child.pid
  if (pid === undefined) throw new Error(`${program} could not be started`)
  const send: Child['send'] = (signal, to = 'process') => {
    if (to === 'group') sendSignal(-pid, signal)
    else child.kill(signal)
  }
  return {
    pid,
    stdin: child.stdin,
    stdout: stdout.text,
    stderr: stderr.text,
    ended,
    send,
    until: (pattern) =>
      stdout.until(pattern).catch((cause: unknown) => {
        const said = stdout.text() + stderr.text()
        throw new Error(`${command.join(' ')} did not say ${pattern}:\n${said}`, { cause })
      }),
    stop: async () => {
      send('SIGTERM')
      const timer = setTimeout(() => send('SIGKILL', 'group'), STOP_TIMEOUT_MS)
      const end = await ended
      clearTimeout(timer)
      // Whatever a killed npm left behind.
      send('SIGKILL', 'group')
      return end
    },
  }
}

interface CollectedText {
  readonly text: () => string
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>
}

function collectText(stream: Readable): CollectedText {
  const chunks: Buffer[] = []
  const text = () => Buffer.concat(chunks).toString()
  const checks = new Set<() => void>()
  const checkAll = () => {
    for (const check of checks) check()
  }
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    checkAll()
  })
  stream.once('close', checkAll)
  const until = (pattern: RegExp, timedOut: AbortSignal) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(text())
        if (match !== null) resolve(match)
        else if (timedOut.aborted) reject(new Error('it took too long'))
        else if (stream.closed) reject(new Error('it has ended'))
        else return
        checks.delete(check)
      }
      checks.add(check)
      timedOut.addEventListener('abort', check, { once: true })
      check()
    })
  return { text, until: (pattern) => until(pattern, AbortSignal.timeout(UNTIL_TIMEOUT_MS)) }
}

export interface Gateway extends Child {
  /** Origin that it listens on. */
  readonly url: URL
  /** Only when it was generated at this start. */
  readonly newToken: string | undefined
}

export interface GatewaySettings {
  readonly command?: readonly string[]
  readonly dataFolder: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the gateway on a free port and waits until it has said where it listens, and all else. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const { command = [...mcpDaemon, 'start'], dataFolder, env = {} } = settings
  const child = run(command, { PORT: '0', DATA_DIR: dataFolder, ...env })
  try {
    const [banner, url = ''] = await child.until(/listens on (http:\S+)\n[^]*\n.* -d '.*'\n/)
    return { ...child, url: new URL(url), newToken: /shown this once: (\S+)/.exec(banner)?.[1] }
  } catch (error) {
    await child.stop()
    throw error
  }
}

export async function createDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'mcp-'))
}

/** Ends its engines, which are nobody's children and would live on for a minute. */
export async function removeDataFolder(dataFolder: string): Promise<void> {
  for (let pids = allEngines(); pids.length > 0; pids = allEngines()) {
    for (const pid of pids) sendSignal(pid, 'SIGTERM')
    await delay(POLL_MS)
  }
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })

  /** One that is only starting would take over the folder from the one that ends. */
  function allEngines() {
    const starting =
      process.platform === 'linux' ? findProcesses(['local-aws', dataFolder]).filter(isAlive) : []
    return [...new Set([...starting, ...enginePids(dataFolder)])]
  }
}

/** The engines that have answered for this data folder and still live: one, or none. */
export function enginePids(dataFolder: string): number[] {
  const log = readIfThere(join(dataFolder, 'local-aws', 'engine.log'))
  return [...log.matchAll(/"pid":(\d+),.*"msg":"local AWS answers"/g)]
    .map(([, pid]) => Number(pid))
    .filter(isAlive)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // In a container nobody may collect orphans: they stay as zombies.
  return !/^\d+ \(.*\) Z/.test(readIfThere(`/proc/${pid}/stat`))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
