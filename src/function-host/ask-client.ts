/** How a question gets its answer: in a later round, by a request to the client, or never. */
import type { JsonObject } from '../domain/json.js'
import type { Question, QuestionMethod } from '../domain/question.js'
import { type AskOne, otherKind } from './questions.js'

export interface AnsweredQuestion {
  readonly method: QuestionMethod
  readonly answer: JsonObject
}

/** `rounds`: each run knows the answers of earlier rounds. `requests`: the function waits. */
export type QuestionsRequest =
  | {
      readonly mode: 'rounds'
      readonly answers: Readonly<Record<string, AnsweredQuestion>>
      /** What `call.state` was at the end of the round before. */
      readonly state: JsonObject
    }
  | {
      readonly mode: 'requests'
      /** Known before the function asks, by key. */
      readonly answers?: Readonly<Record<string, AnsweredQuestion>> | undefined
      readonly state?: JsonObject | undefined
    }

/** What came of a question: the answer's JSON, or one sentence on why there is none. */
export type Reply = { readonly answerJson: string } | { readonly refusal: string }

export interface Asker {
  readonly askOne: AskOne
  /** @param number as it was given with the question */
  answer(number: number, reply: Reply): void
  /** Questions that wait for an answer are rejected. */
  abort(reason: Error): void
}

export interface AskerEvents {
  /** All questions that nobody has answered yet; said once, the run is over then. */
  round(questions: Readonly<Record<string, Question>>): void
  ask(number: number, question: Question, key: string): void
}

export function createAsker(request: QuestionsRequest | undefined, events: AskerEvents): Asker {
  if (request === undefined) return UNASKED
  if (request.mode === 'requests')
    return createRequestAsker(request.answers ?? {}, (...asked) => events.ask(...asked))
  return { ...deaf, askOne: askInRounds(request.answers, (questions) => events.round(questions)) }
}

const deaf = { answer: () => undefined, abort: () => undefined }

const refuse: AskOne = () =>
  Promise.reject(new Error('the client cannot be asked: its connection takes no questions'))

/** Of every call whose client takes no questions. */
const UNASKED: Asker = { ...deaf, askOne: refuse }

/**
 * An open question never settles: its answer comes with another run. On the next turn of the event
 * loop all that are open by then go out.
 */
function askInRounds(
  answers: Readonly<Record<string, AnsweredQuestion>>,
  sendRound: (questions: Readonly<Record<string, Question>>) => void,
): AskOne {
  const open = new Map<string, Question>()
  return (key, question) => {
    const known = knownAnswer(answers, key, question)
    if (known !== undefined) return Promise.resolve(known)
    if (open.size === 0) setImmediate(() => sendRound(Object.fromEntries(open)))
    open.set(key, question)
    return new Promise(() => undefined)
  }
}

function knownAnswer(
  answers: Readonly<Record<string, AnsweredQuestion>>,
  key: string,
  { method }: Question,
): JsonObject | undefined {
  const known = Object.hasOwn(answers, key) ? answers[key] : undefined
  if (known !== undefined && known.method !== method) throw otherKind(key, known.method)
  return known?.answer
}

interface Waiting {
  resolve(answer: JsonObject): void
  reject(error: Error): void
}

function createRequestAsker(
  answers: Readonly<Record<string, AnsweredQuestion>>,
  send: (number: number, question: Question, key: string) => void,
): Asker {
  const waiting = new Map<number, Waiting>()
  let lastNumber = 0
  let aborted: Error | undefined
  return {
    askOne: (key, question) => {
      const known = knownAnswer(answers, key, question)
      if (known !== undefined) return Promise.resolve(known)
      return new Promise((resolve, reject) => {
        if (aborted !== undefined) throw aborted
        const number = ++lastNumber
        waiting.set(number, { resolve, reject })
        send(number, question, key)
      })
    },
    answer(number, reply) {
      const asked = waiting.get(number)
      waiting.delete(number)
      if ('answerJson' in reply) asked?.resolve(JSON.parse(reply.answerJson))
      else asked?.reject(new Error(reply.refusal))
    },
    abort(reason) {
      aborted ??= reason
      for (const asked of waiting.values()) asked.reject(reason)
      waiting.clear()
    },
  }
}
