import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

/** An empty folder, for whoever removes it. */
export async function createTemporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** An empty folder, gone at the end of the test. */
export async function createFolder(): Promise<string> {
  const { folder, remove } = await createTemporaryFolder()
  onTestFinished(remove)
  return folder
}

/** A data folder whose engines run in this process, so that no command starts any of its own. */
export async function serveFolder() {
  const { folder: dataFolder, remove } = await createTemporaryFolder()
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  return { dataFolder, stop: () => engine.close().then(remove) }
}

/** Such a folder until the end of the test. */
export async function createServedFolder(): Promise<string> {
  const { dataFolder, stop } = await serveFolder()
  onTestFinished(stop)
  return dataFolder
}
