/** The embedded engines by themselves, in a process of their own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtFile } from '../support/built.js'
import type { Bench } from './bench.js'
import { watchChild } from './child.js'

export interface EngineUnderTest {
  readonly pid: number
  readonly dataFolder: string
}

const START_TIMEOUT_MS = 30_000

export async function startEngine(bench: Bench): Promise<EngineUnderTest> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'mcp-bench-'))
  bench.onEnd(() => rm(dataFolder, { recursive: true, force: true }))
  // Nobody uses the port: it makes the engine say when it listens.
  const args = ['local-aws', '--data-folder', dataFolder, '--port', '0']
  const command = [fileURLToPath(builtFile('main.js')), ...args]
  const options = { env: { TMPDIR: tmpdir() }, detached: true }
  const child = watchChild(spawn(process.execPath, command, options), 'the embedded engine')
  bench.onEnd(child.stop)
  await child.line(/DynamoDB and S3 at/, { signal: bench.signal, timeoutMs: START_TIMEOUT_MS })
  return { pid: child.pid, dataFolder }
}
