import { withFileLimit } from './file-limit.js'
import { type Child, mcpDaemon, run } from './product.js'

/** The embedded engines as a process in which no file grows beyond this, in KiB. */
export async function startLimitedEngine(dataFolder: string, kib: number): Promise<Child> {
  const args = ['local-aws', '--data-folder', dataFolder, '--port', '0']
  const engine = run(withFileLimit(kib, [...mcpDaemon, ...args]), {})
  await engine.until(/DynamoDB and S3 at/)
  return engine
}
