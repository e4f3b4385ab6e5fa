/** What runs in a worker thread: the other end of `runtime/start-worker.ts`. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { createFunctionHost, type FunctionHost } from './function-host.js'
import type { Run, RunEvents, RunRequest } from './function-run.js'
import { guardStdout } from './stdout-guard.js'
import type { GatewayMessage, WorkerBoot, WorkerMessage } from './worker-messages.js'

guardStdout()
serve(readBoot())

function serve({ port, folder, packageName, maxResultBytes }: WorkerBoot): void {
  const host = createFunctionHost({ folder, packageName, maxResultBytes })
  const calls = createCalls(host, port)
  const say = (message: WorkerMessage) => port.postMessage(message)

  port.on('message', (message: GatewayMessage) => {
    switch (message[0]) {
      case 'call':
        return calls.start(message[1], JSON.parse(message[2]))
      case 'abort':
        return calls.runs.get(message[1])?.abort(message[2])
      case 'answer':
        return calls.runs.get(message[1])?.answer(message[2], message[3])
      case 'ping':
        return say(['pong', message[1]])
      case 'check':
        return void host.problems(message[1]).then((problems) => say(['problems', problems]))
    }
  })
}

function createCalls(host: FunctionHost, port: MessagePort) {
  const runs = new Map<number, Run>()
  const say = (message: WorkerMessage) => port.postMessage(message)

  const eventsOf = (number: number): RunEvents => ({
    progress: (progress) => say(['progress', number, progress]),
    log: (level, entryJson, logger) => say(['log', number, level, entryJson, logger]),
    resourceUpdated: (uri) => say(['resourceUpdated', number, uri]),
    listChanged: (list) => say(['listChanged', number, list]),
    closeStream: () => say(['closeStream', number]),
    dropped: () => say(['dropped', number]),
    ask: (question, asked, key) => say(['ask', number, question, asked, key]),
    ended(end) {
      runs.delete(number)
      if (end === undefined) say(['ended', number])
      else if (typeof end === 'string') say(['result', number, end])
      else if ('roundJson' in end) say(['round', number, end])
      else say(['failure', number, end])
    },
  })
  return {
    runs,
    start(number: number, request: RunRequest) {
      runs.set(number, host.start(request, eventsOf(number)))
    },
  }
}

/** Takes our channel out of the code's reach, and closes the one that every worker has. */
function readBoot(): WorkerBoot {
  const boot: WorkerBoot = { ...workerData }
  for (const name of Object.keys(boot)) Reflect.deleteProperty(workerData, name)
  parentPort?.close()
  return boot
}
