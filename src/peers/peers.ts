/**
 * What do the instances of a gateway tell and ask each other? The front door of the room.
 *
 * One stream of the event log, the gateway's own, that every instance hears for as long as it serves:
 * what it carries is short-lived, and names the endpoint that it is about.
 */
import type { CacheKind } from '../domain/cache-kind.js'

export { createPeers } from './event-log-peers.js'

export interface Peers {
  /** Of this one; another one after each start. */
  readonly instanceId: string

  /** Tells every other instance. Never throws: what cannot be told is logged. */
  tell(news: News): Promise<void>

  /**
   * Asks every instance, this one too, and waits for what they answer.
   *
   * @param options.waitMs for how long; at once where there are no other instances
   * @param options.isEnough ends the waiting early
   * @returns an answer of each instance that had one, this one's first. Never throws
   */
  ask(question: Question, options: AskOptions): Promise<readonly Answer[]>

  /** Hears the news of other instances, in order. @returns stops hearing */
  onNews(listener: (news: News) => void): () => void

  /**
   * Answers questions of any instance. @returns stops answering
   * @param answer undefined: this one has nothing to say
   */
  onQuestion(
    answer: (question: Question) => Promise<AnswerBody | undefined> | AnswerBody | undefined,
  ): () => void

  /** Begins to hear. Mends itself: settles without having heard where the log is away. */
  open(): Promise<void>
  close(): void
}

/** What others are to know at once, and find out by themselves within 2 s. */
export type News = { readonly type: 'catalog.changed'; readonly endpointId: string }

export type Question =
  | { readonly type: 'cache.purge'; readonly endpointId: string; readonly purge: Purge }
  | { readonly type: 'cache.describe'; readonly endpointId: string }
  | {
      readonly type: 'call.cancel'
      readonly endpointId: string
      readonly callId: string
      readonly reason: string
    }

/** What is to be forgotten, and with it all that is made from it. */
export interface Purge {
  readonly scope: CacheKind
  /** Of this setting, module or package only; absent: of all. */
  readonly key?: string | undefined
}

export interface AskOptions {
  readonly waitMs: number
  readonly isEnough?: ((answers: readonly Answer[]) => boolean) | undefined
}

export type AnswerBody =
  | { readonly type: 'cache.entries'; readonly entries: readonly CacheEntries[] }
  | { readonly type: 'call.found' }

export interface CacheEntries {
  readonly kind: CacheKind
  readonly count: number
}

export interface Answer {
  readonly instanceId: string
  readonly body: AnswerBody
}
