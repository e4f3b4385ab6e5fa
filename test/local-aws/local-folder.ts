import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder for one test; removed after it, and after what the test registers later. */
export async function createTempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-aws-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
