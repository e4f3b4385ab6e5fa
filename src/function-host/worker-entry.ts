/** What runs in a worker thread: the other end of `runtime/start-worker.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { createInstanceHost } from './instance-host.js'
import type { WorkerBoot } from './instance-messages.js'
import { guardStdout } from './stdout-guard.js'

guardStdout()
const { port, ...boot } = readBoot()
port.on(
  'message',
  createInstanceHost(boot, (message) => port.postMessage(message)),
)

/** Takes our channel out of the code's reach, and closes the one that every worker has. */
function readBoot(): WorkerBoot {
  const found: WorkerBoot = { ...workerData }
  for (const name of Object.keys(found)) Reflect.deleteProperty(workerData, name)
  parentPort?.close()
  return found
}
