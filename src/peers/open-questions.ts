/** Questions to all instances that are waiting for answers. */
import { createPlaces } from '../domain/places.js'
import type { Answer, AskOptions } from './peers.js'

export interface OpenQuestions {
  /**
   * @param own what this instance has answered
   * @param send settles with whether it was sent
   * @returns what was answered in time; undefined when too many are open, of all or of the endpoint: then
   * nothing was sent
   */
  ask(asking: Asking, send: () => Promise<boolean>): Promise<readonly Answer[]> | undefined
  /** Of no effect when nobody waits for it any longer. */
  answered(questionId: string, answer: Answer): void
  /** Nobody waits any longer. */
  close(): void
}

export interface Asking extends AskOptions {
  readonly questionId: string
  /** Which the question is about. */
  readonly endpointId: string
  readonly own: readonly Answer[]
}

interface OpenQuestion {
  readonly add: (answer: Answer) => void
  readonly end: () => void
}

/** At a time. */
const MAX_QUESTIONS = 100
const MAX_OF_ENDPOINT = 10
/** Instances that are heard of one question. */
const MAX_ANSWERS = 1000

export function createOpenQuestions(): OpenQuestions {
  const all = new Map<string, OpenQuestion>()
  const enter = createPlaces(MAX_OF_ENDPOINT)
  return {
    ask: ({ questionId, endpointId, own, waitMs, isEnough }, send) => {
      const leave = all.size < MAX_QUESTIONS ? enter(endpointId) : undefined
      if (leave === undefined) return undefined
      return new Promise((resolve) => {
        const answers = new Map(own.map((answer) => [answer.instanceId, answer]))
        const end = () => {
          clearTimeout(timer)
          if (all.delete(questionId)) leave()
          resolve([...answers.values()])
        }
        const add = (answer: Answer) => {
          if (answers.size < MAX_ANSWERS) answers.set(answer.instanceId, answer)
          if (isEnough?.([...answers.values()]) === true) end()
        }
        const timer = setTimeout(end, waitMs)
        all.set(questionId, { add, end })
        void send().then((isSent) => isSent || end())
      })
    },
    answered: (questionId, answer) => all.get(questionId)?.add(answer),
    close: () => {
      for (const { end } of all.values()) end()
    },
  }
}
