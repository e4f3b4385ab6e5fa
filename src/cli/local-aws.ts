import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '../config/config.js'
import { createLog } from '../telemetry/telemetry.js'
import { readWhole } from './arguments.js'
import type { Program } from './program.js'

const MAX_PORT = 65_535
/** One day. */
const MAX_IDLE_MS = 86_400_000

/** Runs the embedded engines of a data folder in this process. */
export async function localAws(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      'data-folder': { type: 'string' },
      'idle-ms': { type: 'string' },
    },
  })
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const dataFolder = resolve(values['data-folder'] ?? config.DATA_DIR)
  const engine = await program.startEngines({
    dataFolder,
    port: readWhole('port', values.port, { min: 0, max: MAX_PORT }),
    idleMs: readWhole('idle-ms', values['idle-ms'], { min: 0, max: MAX_IDLE_MS }),
    log: createLog(config.LOG_LEVEL),
  })
  if (engine === undefined) {
    program.stderr.write(`The engines of ${dataFolder} run already, in another process\n`)
    return
  }
  if (engine.url !== undefined) program.stdout.write(`DynamoDB and S3 at ${engine.url}\n`)
  void program.untilSignal().then(() => engine.close())
  await engine.closed
}
