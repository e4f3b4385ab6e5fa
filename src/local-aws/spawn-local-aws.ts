import { spawn } from 'node:child_process'
import { appendFileSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { engineLogFile } from './data-folder.js'

export interface SpawnOptions {
  readonly dataFolder: string
  /** The script that runs the engine: the product's `main.js`. */
  readonly entry: URL | string
  /** Before the options. Default: `local-aws`. */
  readonly args?: readonly string[] | undefined
  /** The engine ends after this many milliseconds without a request. Default: one minute. */
  readonly idleMs?: number | undefined
}

const DEFAULT_IDLE_MS = 60_000

/** The log starts anew at this size. */
const MAX_LOG_BYTES = 1024 * 1024

/**
 * Starts the engine as a process of its own, which outlives this one and gets none of its
 * environment: `node {entry} local-aws --data-folder {folder} --idle-ms {n}`.
 */
export function spawnLocalAws(options: SpawnOptions): void {
  const { entry, args = ['local-aws'], idleMs = DEFAULT_IDLE_MS } = options
  const dataFolder = resolve(options.dataFolder)
  const script = entry instanceof URL ? fileURLToPath(entry) : resolve(entry)
  const logFile = engineLogFile(dataFolder)
  const log = openLog(logFile)
  try {
    const engine = spawn(
      process.execPath,
      [script, ...args, '--data-folder', dataFolder, '--idle-ms', String(idleMs)],
      {
        cwd: dataFolder,
        detached: true,
        // Both sides must find the same folder for a socket whose path is too long.
        env: { TMPDIR: tmpdir() },
        stdio: ['ignore', log, log],
      },
    )
    engine.once('error', (error) => appendFileSync(logFile, `cannot start: ${error.message}\n`))
    engine.unref()
  } finally {
    closeSync(log)
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return openSync(path, bytes > MAX_LOG_BYTES ? 'w' : 'a', 0o600)
}
