import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

/** An empty folder, gone at the end of the test. */
export async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder whose engines run in this process, so that no command starts any of its own. */
export async function createServedFolder(): Promise<string> {
  const dataFolder = await createFolder()
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  onTestFinished(() => engine.close())
  return dataFolder
}
