/** `Retry-After`: of every answer with 429 that says when. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isJsonObject } from '../domain/json.js'

/** A hook that runs before the answer becomes text. */
export function sayWhenToRetry(
  _request: FastifyRequest,
  reply: FastifyReply,
  answer: unknown,
  done: (error: null, answer: unknown) => void,
): void {
  if (reply.statusCode === 429 && !reply.hasHeader('retry-after')) {
    const waitS = waitIn(answer)
    if (waitS !== undefined) void reply.header('retry-after', waitS)
  }
  done(null, answer)
}

function waitIn(answer: unknown): number | undefined {
  const error = isJsonObject(answer) ? answer['error'] : undefined
  const data = isJsonObject(error) ? error['data'] : undefined
  const waitS = isJsonObject(data) ? data['retryAfterS'] : undefined
  return typeof waitS === 'number' ? waitS : undefined
}
