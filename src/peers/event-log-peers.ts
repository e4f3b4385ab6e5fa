/** Instances that hear each other through the event log. Where it is this process's alone, there are none. */
import { randomUUID } from 'node:crypto'
import type { EventLog } from '../events/events.js'
import type { Log } from '../telemetry/telemetry.js'
import { createHearing, PEERS_STREAM } from './hearing.js'
import { type PeerMessage, readMessage } from './messages.js'
import { createOpenQuestions } from './open-questions.js'
import type { AnswerBody, News, Peers, Question } from './peers.js'

export interface PeersParts {
  readonly events: EventLog
  readonly log: Log
  /** Until the log is tried again that could not be heard, in milliseconds; it doubles. Default: 100. */
  readonly firstRetryMs?: number | undefined
}

type Answerer = Parameters<Peers['onQuestion']>[0]

/** Questions of others that are being answered at a time; one more is left to time out. */
const MAX_ANSWERING = 100

export function createPeers(parts: PeersParts): Peers {
  const { events, log } = parts
  const instanceId = randomUUID()
  const listeners = new Set<(news: News) => void>()
  const answerers = new Set<Answerer>()
  const questions = createOpenQuestions()

  const send = async (message: PeerMessage): Promise<boolean> => {
    try {
      await events.append(PEERS_STREAM, message)
      return true
    } catch (err) {
      log.warn({ err, message: message.type }, 'other instances could not be told')
      return false
    }
  }
  const answer = createAnswering(answerers, log, async (questionId, body) => {
    await send({ type: 'peer.answer', from: instanceId, questionId, body })
  })
  const onMessage = (message: PeerMessage) => {
    if (message.from === instanceId) return
    if (message.type === 'peer.news') tellEach(listeners, message.news, log)
    else if (message.type === 'peer.question') void answer(message.questionId, message.question)
    else questions.answered(message.questionId, { instanceId: message.from, body: message.body })
  }
  const hearing = createHearing(parts, {
    onEvent: ({ body }) => {
      const message = readMessage(body)
      if (message !== undefined) onMessage(message)
    },
    onDropped: () => log.warn({}, 'what other instances said was lost'),
  })

  return {
    instanceId,
    tell: async (news) => {
      if (events.isShared) await send({ type: 'peer.news', from: instanceId, news })
    },
    ask: async (question, options) => {
      const body = await firstAnswer(answerers, question, log)
      const own = body === undefined ? [] : [{ instanceId, body }]
      if (!events.isShared || options.isEnough?.(own) === true) return own
      const questionId = randomUUID()
      const ask = () => send({ type: 'peer.question', from: instanceId, questionId, question })
      const asking = { ...options, questionId, endpointId: question.endpointId, own }
      const answers = hearing.isOpen ? questions.ask(asking, ask) : undefined
      if (answers !== undefined) return answers
      log.warn({ question: question.type }, 'nobody waits for what other instances answer')
      await ask()
      return own
    },
    onNews: (listener) => addTo(listeners, listener),
    onQuestion: (answerer) => addTo(answerers, answerer),
    open: async () => {
      if (events.isShared) await hearing.open()
    },
    close: () => {
      hearing.close()
      questions.close()
    },
  }
}

/** Answers questions of other instances, as many at a time as may. */
function createAnswering(
  answerers: ReadonlySet<Answerer>,
  log: Log,
  tell: (questionId: string, body: AnswerBody) => Promise<void>,
) {
  let answering = 0
  return async (questionId: string, question: Question): Promise<void> => {
    if (answering >= MAX_ANSWERING) {
      log.warn({ question: question.type }, 'too many questions of other instances')
      return
    }
    answering++
    const body = await firstAnswer(answerers, question, log)
    answering--
    if (body !== undefined) await tell(questionId, body)
  }
}

/** @returns takes it out again */
function addTo<Item>(items: Set<Item>, item: Item): () => void {
  items.add(item)
  return () => void items.delete(item)
}

/** Of the first one that has something to say; one that fails is logged, and has nothing. */
async function firstAnswer(
  answerers: ReadonlySet<Answerer>,
  question: Question,
  log: Log,
): Promise<AnswerBody | undefined> {
  for (const answerer of answerers) {
    try {
      const body = await answerer(question)
      if (body !== undefined) return body
    } catch (err) {
      log.error({ err, question: question.type }, 'a question was not answered')
    }
  }
  return undefined
}

function tellEach(listeners: ReadonlySet<(news: News) => void>, news: News, log: Log): void {
  for (const listener of listeners) {
    try {
      listener(news)
    } catch (err) {
      log.error({ err, news: news.type }, 'a listener of other instances’ news failed')
    }
  }
}
