/** Runs a function that prints in every way, in a process whose standard output is watched. */
import { createWorkerExecutor } from '../../dist/runtime/worker-executor.js'

const log = (fields, message) => process.stderr.write(`${JSON.stringify({ ...fields, message })}\n`)
const executor = createWorkerExecutor({
  entry: new URL('../../dist/function-host/worker-entry.js', import.meta.url),
  limits: {
    maxHeapMb: 64,
    maxResultBytes: 1000,
    maxConcurrentCalls: 1,
    maxInstances: 1,
    idleMs: 1000,
  },
  log: { debug: log, info: log, warn: log, error: log },
})
const ref = { endpointId: 'acme', packageName: 'faults', sha256: 'a'.repeat(64) }
await executor.run({
  callId: 'call-1',
  userId: 'ada',
  bundle: { ref, folder: process.argv[2] },
  target: {
    bundle: ref,
    moduleName: 'faults',
    className: 'Faults',
    functionName: 'print',
    setting: {},
  },
  mcpType: 'tool',
  input: {},
  deadline: Date.now() + 20_000,
  signal: new AbortController().signal,
  onProgress: () => undefined,
  onLog: () => undefined,
})
await executor.close()
