/** Requests are counted before anything is done for them, and every answer says what is left. */
import type { FastifyReply } from 'fastify'
import type { Caller } from '../domain/caller.js'
import type { Asked, Limits } from '../limits/limits.js'
import {
  type HttpHeaders,
  type Message,
  type SessionMessage,
  toErrorAnswer,
} from '../protocol/protocol.js'
import type { Answer } from './answer-request.js'

export interface LimitedParts {
  readonly limits?: Limits | undefined
}

interface ReadPost {
  readonly read: Message | SessionMessage
  readonly reply: FastifyReply
}

/** @returns the answer of one who has asked too much */
export async function admitPost(
  parts: LimitedParts,
  post: { readonly caller: Caller; readonly headers: HttpHeaders; readonly body: string },
  { read, reply }: ReadPost,
): Promise<Answer | undefined> {
  const requests = read.kind === 'session' ? read.messages : 1
  const bytes = Number(post.headers['content-length'] ?? Buffer.byteLength(post.body))
  const refusal = await admit(parts, { caller: post.caller, asked: { requests, bytes } }, reply)
  return refusal === undefined ? undefined : toErrorAnswer(refusal, askerOf(read))
}

/**
 * For the routes beside: their answers are no messages.
 *
 * @throws GatewayError `RATE_LIMITED`
 */
export async function admitRequest(
  parts: LimitedParts,
  { caller, requests = 1, bytes = 0 }: { readonly caller: Caller } & Partial<Asked>,
  reply: FastifyReply,
): Promise<void> {
  const refusal = await admit(parts, { caller, asked: { requests, bytes } }, reply)
  if (refusal !== undefined) throw refusal
}

async function admit(
  { limits }: LimitedParts,
  { caller, asked }: { readonly caller: Caller; readonly asked: Asked },
  reply: FastifyReply,
): Promise<Error | undefined> {
  if (limits === undefined) return undefined
  const admitted = limits.admit(caller, asked)
  const { policy, left, refusal } = admitted instanceof Promise ? await admitted : admitted
  if (policy !== undefined) void reply.header('ratelimit-policy', policy).header('ratelimit', left)
  return refusal
}

function askerOf(read: Message | SessionMessage): Parameters<typeof toErrorAnswer>[1] {
  if (read.kind === 'request') return read.request
  if (read.kind === 'refused') return read
  return read.kind === 'session' ? { id: read.id, era: 'legacy' } : {}
}
