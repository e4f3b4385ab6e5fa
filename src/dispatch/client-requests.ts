/** Questions of the revisions with a handshake: requests to the client, while its own one waits. */
import { randomUUID } from 'node:crypto'
import type { CancelSignal } from '../domain/cancel-signal.js'
import { GatewayError } from '../domain/errors.js'
import type { JsonObject } from '../protocol/protocol.js'
import type { AnsweredQuestion, InputRequired, Question } from '../runtime/runtime.js'
import { readAnswer, refuseUndeclared, toOpenQuestion, toOpenQuestions } from './client-answers.js'
import type { Exchange } from './handler.js'
import type { Asked, Turn } from './turn.js'

/** A turn in which the function can ask, as far as the connection takes requests, and waits. */
export function askByRequests({ caller, request, fn }: Asked, exchange: Exchange): Turn {
  const over = new AbortController()
  const end = () => over.abort()
  const { ask: send } = exchange
  if (send === undefined) return { target: fn.target, questions: undefined, end }
  const ask = async (question: Question): Promise<JsonObject> => {
    refuseUndeclared(request, [question])
    const { method } = question
    const open = toOpenQuestion(caller, method, question)
    return readAnswer(caller, open, await send(method, toParams(question), over.signal))
  }
  return { target: fn.target, questions: { mode: 'requests', ask }, end }
}

interface AskingClient extends Pick<Exchange, 'ask'> {
  /** Aborted when the call is cancelled. */
  readonly signal: CancelSignal
}

/**
 * A turn that ends with the function's questions; they are asked, and it runs again from the top.
 *
 * @param answerWithinMs how long the client may take, in milliseconds
 */
export function askBetweenRuns(
  { caller, request, fn }: Asked,
  { ask: send, signal }: AskingClient,
  answerWithinMs: number,
): Turn {
  const over = new AbortController()
  const end = () => over.abort()
  const turn = { target: fn.target, end }
  if (send === undefined) return { ...turn, questions: undefined }
  const resume = async ({ questions, state }: InputRequired): Promise<Turn> => {
    const open = toOpenQuestions({ caller, request }, questions)
    const late = AbortSignal.timeout(answerWithinMs)
    const until = AbortSignal.any([over.signal, late])
    const askOne = async ([key, question]: [string, Question]) => {
      const { method } = question
      const given = await send(method, toParams(question), until).catch((error: unknown) => {
        throw late.aborted ? tooLate(answerWithinMs, error) : error
      })
      const answer = readAnswer(caller, open[key] ?? { method }, given)
      return [key, { method, answer }] satisfies [string, AnsweredQuestion]
    }
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const asked = Promise.all(Object.entries(questions).map(askOne))
    const answers = Object.fromEntries(
      await asked.finally(() => signal.removeEventListener('abort', end)),
    )
    return { ...turn, questions: { mode: 'rounds', answers, state }, isAnswered: true }
  }
  return { ...turn, questions: { mode: 'rounds', answers: {}, state: {} }, resume }
}

/** 2025-11-25 wants an id for a visit of a page; what became of it is the answer's business. */
function toParams({ params }: Question): JsonObject {
  return params['mode'] === 'url' ? { elicitationId: randomUUID(), ...params } : params
}

function tooLate(answerWithinMs: number, cause: unknown): GatewayError {
  return new GatewayError(
    'CALL_TIMED_OUT',
    `The client has not answered the function's questions in ${answerWithinMs} ms`,
    { cause },
  )
}
