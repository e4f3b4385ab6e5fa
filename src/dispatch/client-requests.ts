/** Questions of the revisions with a handshake: requests to the client, while the function waits. */
import { randomUUID } from 'node:crypto'
import type { JsonObject } from '../protocol/protocol.js'
import type { Question } from '../runtime/runtime.js'
import { readAnswer, refuseUndeclared, toOpenQuestion } from './client-answers.js'
import type { Exchange } from './handler.js'
import type { Asked, Turn } from './turn.js'

/** A turn in which the function can ask, as far as the connection takes requests. */
export function askByRequests({ request, fn }: Asked, exchange: Exchange): Turn {
  const over = new AbortController()
  const end = () => over.abort()
  const { ask: send } = exchange
  if (send === undefined) return { target: fn.target, questions: undefined, end }
  const ask = async (question: Question): Promise<JsonObject> => {
    refuseUndeclared(request, [question])
    const { method } = question
    const open = toOpenQuestion(method, question)
    return readAnswer(open, await send(method, toParams(question), over.signal))
  }
  return { target: fn.target, questions: { mode: 'requests', ask }, end }
}

/** 2025-11-25 wants an id for a visit of a page; what became of it is the answer's business. */
function toParams({ params }: Question): JsonObject {
  return params['mode'] === 'url' ? { elicitationId: randomUUID(), ...params } : params
}
