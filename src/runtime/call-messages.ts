/** What an instance says of a call, on its way to whoever made the call. */
import type { CallMessage, InstanceMessage } from '../function-host/function-host.js'
import type { JobAnswer } from './job-answer.js'

export type AskMessage = Extract<CallMessage, readonly ['ask', ...unknown[]]>

const ENDS: ReadonlySet<InstanceMessage[0]> = new Set(['result', 'round', 'failure', 'ended'])

/** After one of these nothing more is said of a call. */
export function isEnd(message: CallMessage): boolean {
  return ENDS.has(message[0])
}

/** @throws SyntaxError for a result that is no JSON object */
export function deliver(answer: JobAnswer, message: Exclude<CallMessage, AskMessage>): void {
  switch (message[0]) {
    case 'result':
    case 'round':
    case 'failure':
      answer.give(message[2])
      break
    case 'progress':
      answer.progress(message[2])
      break
    case 'log':
      answer.log(message[2], message[3], message[4])
      break
    case 'resourceUpdated':
      answer.resourceUpdated(message[2])
      break
    case 'listChanged':
      answer.listChanged(message[2])
      break
    case 'closeStream':
      answer.closeStream()
      break
    case 'dropped':
      answer.dropped()
      break
    case 'ended':
      break
  }
}
