/** What instances say to each other, as it stands in the event log. */
import { z } from 'zod'
import { CACHE_KINDS, type CacheKind } from '../domain/cache-kind.js'
import type { EventBody } from '../events/events.js'
import type { AnswerBody, News, Question } from './peers.js'

/** `from` is the instance that says it. */
export type PeerMessage = { readonly from: string } & (
  | { readonly type: 'peer.news'; readonly news: News }
  | { readonly type: 'peer.question'; readonly questionId: string; readonly question: Question }
  | { readonly type: 'peer.answer'; readonly questionId: string; readonly body: AnswerBody }
)

/** Longer than anything that an instance of this version says. */
const MAX_CHARS = 4096
/** What one instance answers has a few entries: one of each kind. */
const MAX_ENTRIES = 64

const text = z.string().max(MAX_CHARS)

const NewsBody = z.object({ type: z.literal('catalog.changed'), endpointId: text })

const QuestionBody = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('cache.purge'),
    endpointId: text,
    purge: z.object({ scope: z.enum(CACHE_KINDS), key: text.optional() }),
  }),
  z.object({ type: z.literal('cache.describe'), endpointId: text }),
  z.object({ type: z.literal('call.cancel'), endpointId: text, callId: text, reason: text }),
])

/** Kinds that only a newer instance knows are left out. */
const Entries = z
  .array(z.object({ kind: text, count: z.number().int().nonnegative() }))
  .max(MAX_ENTRIES)
  .transform((entries) =>
    entries.flatMap(({ kind, count }) => (isCacheKind(kind) ? [{ kind, count }] : [])),
  )

const Answered = z.discriminatedUnion('type', [
  z.object({ type: z.literal('cache.entries'), entries: Entries }),
  z.object({ type: z.literal('call.found') }),
])

const Message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('peer.news'), from: text, news: NewsBody }),
  z.object({
    type: z.literal('peer.question'),
    from: text,
    questionId: text,
    question: QuestionBody,
  }),
  z.object({ type: z.literal('peer.answer'), from: text, questionId: text, body: Answered }),
])

/** @returns undefined for what only a newer instance understands */
export function readMessage(body: EventBody): PeerMessage | undefined {
  return Message.safeParse(body).data
}

function isCacheKind(kind: string): kind is CacheKind {
  return CACHE_KINDS.some((each) => each === kind)
}
