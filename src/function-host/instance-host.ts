/** The far end of an instance, whatever carries its messages: calls in, results and words out. */
import type { LogLevel } from '../domain/log-level.js'
import type { ListKind } from '../domain/notice.js'
import type { Question } from '../domain/question.js'
import { createFetchLine } from './brokered-fetch.js'
import type { Progress } from './call-object.js'
import { createFunctionHost } from './function-host.js'
import type { Run, RunEnd, RunEvents } from './function-run.js'
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
    const words = new RunWords(number, say, runs)
    runs.set(number, host.start(JSON.parse(requestJson), words))
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

/** What one run says, on its way to the gateway. */
class RunWords implements RunEvents {
  readonly #number: number
  readonly #say: Say
  readonly #runs: Map<number, Run>

  constructor(number: number, say: Say, runs: Map<number, Run>) {
    this.#number = number
    this.#say = say
    this.#runs = runs
  }

  progress(progress: Progress): void {
    this.#say(['progress', this.#number, progress])
  }
  log(level: LogLevel, entryJson: string, logger: string | undefined): void {
    this.#say(['log', this.#number, level, entryJson, logger])
  }
  resourceUpdated(uri: string): void {
    this.#say(['resourceUpdated', this.#number, uri])
  }
  listChanged(list: ListKind): void {
    this.#say(['listChanged', this.#number, list])
  }
  closeStream(): void {
    this.#say(['closeStream', this.#number])
  }
  dropped(): void {
    this.#say(['dropped', this.#number])
  }
  ask(number: number, question: Question, key: string): void {
    this.#say(['ask', this.#number, number, question, key])
  }
  ended(end: RunEnd | undefined): void {
    this.#runs.delete(this.#number)
    if (end === undefined) this.#say(['ended', this.#number])
    else if (typeof end === 'string') this.#say(['result', this.#number, end])
    else if ('roundJson' in end) this.#say(['round', this.#number, end])
    else this.#say(['failure', this.#number, end])
  }
}
