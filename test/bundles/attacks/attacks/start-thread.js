import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** Starts a thread, which has limits of its own. */
export class Attack {
  async run() {
    const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', {
      eval: true,
    })
    await once(worker, 'message')
    await worker.terminate()
    return 'started'
  }
}
