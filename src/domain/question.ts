/** What a function may ask the client whose call it runs for. */
import type { JsonObject } from './json.js'

export const QUESTION_METHODS = [
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
] as const

export type QuestionMethod = (typeof QUESTION_METHODS)[number]

export interface Question {
  readonly method: QuestionMethod
  readonly params: JsonObject
}
