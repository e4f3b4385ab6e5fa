/** Runs the engine as a process of its own: `node engine-process.mjs --data-folder F [--idle-ms N]`. */
import { parseArgs } from 'node:util'
import { LocalAwsAlreadyRunning, startLocalAws } from '../../dist/local-aws/local-aws.js'

const { values } = parseArgs({
  options: { 'data-folder': { type: 'string' }, 'idle-ms': { type: 'string' } },
})
const say = (fields, message) => console.error(message, fields)
const log = { debug: say, info: say, warn: say, error: say }

try {
  const engine = await startLocalAws({
    dataFolder: values['data-folder'],
    idleMs: Number(values['idle-ms'] ?? 60_000),
    log,
  })
  process.once('SIGTERM', () => void engine.close())
  console.log(`running ${process.pid} ${engine.socketPath}`)
  await engine.closed
  console.log('ended')
} catch (error) {
  if (!(error instanceof LocalAwsAlreadyRunning)) throw error
  console.log('already running')
}
