/** The far end of an instance, whatever carries its messages: calls in, results and words out. */
import { createFetchLine } from './brokered-fetch.js'
import { createFunctionHost } from './function-host.js'
import type { Run, RunEvents } from './function-run.js'
import type { GatewayMessage, InstanceBoot, InstanceMessage } from './instance-messages.js'

type Say = (message: InstanceMessage) => void

/** @returns takes what the gateway says */
export function createInstanceHost(
  boot: InstanceBoot,
  say: Say,
): (message: GatewayMessage) => void {
  const host = createFunctionHost(boot)
  const line = createFetchLine((number, request) => say(['fetch', number, request]))
  if (boot.isBrokered) globalThis.fetch = line.fetch
  const runs = new Map<number, Run>()

  const start = (number: number, requestJson: string) => {
    const events = eventsOf(number, say, () => runs.delete(number))
    runs.set(number, host.start(JSON.parse(requestJson), events))
  }
  return (message) => {
    switch (message[0]) {
      case 'call':
        return start(message[1], message[2])
      case 'abort':
        return runs.get(message[1])?.abort(message[2])
      case 'answer':
        return runs.get(message[1])?.answer(message[2], message[3])
      case 'fetched':
        return line.answer(message[1], message[2])
      case 'ping':
        // What an abort before it has ended is said first: both may have come in one piece.
        return void setImmediate(() => say(['pong', message[1]]))
      case 'check':
        return void host.problems(message[1]).then((problems) => say(['problems', problems]))
    }
  }
}

function eventsOf(number: number, say: Say, forget: () => void): RunEvents {
  return {
    progress: (progress) => say(['progress', number, progress]),
    log: (level, entryJson, logger) => say(['log', number, level, entryJson, logger]),
    resourceUpdated: (uri) => say(['resourceUpdated', number, uri]),
    listChanged: (list) => say(['listChanged', number, list]),
    closeStream: () => say(['closeStream', number]),
    dropped: () => say(['dropped', number]),
    ask: (question, asked, key) => say(['ask', number, question, asked, key]),
    ended(end) {
      forget()
      if (end === undefined) say(['ended', number])
      else if (typeof end === 'string') say(['result', number, end])
      else if ('roundJson' in end) say(['round', number, end])
      else say(['failure', number, end])
    },
  }
}
