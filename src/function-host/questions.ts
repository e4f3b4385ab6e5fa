/** What a function may ask the client: its author's side of a round or of a server's request. */
import type { ClientQuestions } from '../author/author.js'
import {
  isJsonObject,
  type JsonObject,
  MAX_FUNCTION_JSON_DEPTH,
  nestsDeeperThan,
} from '../domain/json.js'
import type { Question, QuestionMethod } from '../domain/question.js'

/** Gets one question answered; called once a key. */
export type AskOne = (key: string, question: Question) => Promise<JsonObject>

/** Of one call, answered or open. */
const MAX_QUESTIONS = 64

/** The key travels to the client as the member of an object. */
const KEY = /^(?!__proto__$)[A-Za-z0-9_.-]{1,64}$/

/** Misuse throws a TypeError at once; that a question stays without an answer is a rejection. */
export function createQuestions(askOne: AskOne): ClientQuestions {
  const asked = new Map<string, { method: QuestionMethod; answer: Promise<JsonObject> }>()

  const ask = (key: unknown, question: Question): Promise<JsonObject> => {
    checkKey(key)
    const earlier = asked.get(key)
    if (earlier === undefined && asked.size >= MAX_QUESTIONS)
      throw new Error(`a call may ask at most ${MAX_QUESTIONS} questions`)
    if (earlier === undefined) {
      const answer = askOne(key, question)
      // A refusal that the function does not look at must not end the whole instance.
      answer.catch(() => undefined)
      asked.set(key, { method: question.method, answer })
      return answer
    }
    if (earlier.method !== question.method) throw otherKind(key, earlier.method)
    return earlier.answer
  }
  const questions = {
    elicit: (key: string, params: unknown) =>
      ask(key, { method: 'elicitation/create', params: readElicit(params) }),
    sample: (key: string, params: unknown) =>
      ask(key, { method: 'sampling/createMessage', params: readSample(params) }),
    listRoots: (key: string) => ask(key, { method: 'roots/list', params: {} }),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the gateway has read each answer as its method wants it
  return questions as unknown as ClientQuestions
}

export function otherKind(key: string, method: QuestionMethod): TypeError {
  return new TypeError(`the key "${key}" was asked as ${method} before: take another key`)
}

/** @throws TypeError naming what JSON cannot hold */
export function toJson(value: unknown, name: string): string {
  let json: string | undefined
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    throw new TypeError(`${name}: must be something JSON can hold`, { cause })
  }
  if (json === undefined) throw new TypeError(`${name}: is ${typeof value}; JSON cannot hold that`)
  if (nestsDeeperThan(MAX_FUNCTION_JSON_DEPTH, json))
    throw new TypeError(`${name}: nests deeper than ${MAX_FUNCTION_JSON_DEPTH} levels`)
  return json
}

function checkKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && KEY.test(key)) return
  throw new TypeError('the key of a question must be 1 to 64 of A-Z, a-z, 0-9, _, . and -')
}

function readElicit(given: unknown): JsonObject {
  const params = readParams('call.elicit', given)
  demand(typeof params['message'] === 'string', 'call.elicit: message must be a string')
  if (params['mode'] === 'url')
    demand(typeof params['url'] === 'string', 'call.elicit: url must be a string')
  else
    demand(
      isJsonObject(params['requestedSchema']),
      'call.elicit: requestedSchema must be an object',
    )
  return params
}

function readSample(given: unknown): JsonObject {
  const params = readParams('call.sample', given)
  demand(Array.isArray(params['messages']), 'call.sample: messages must be an array')
  demand(typeof params['maxTokens'] === 'number', 'call.sample: maxTokens must be a number')
  return params
}

/** A copy: what the function changes after it has asked was not asked. */
function readParams(name: string, given: unknown): JsonObject {
  const params: unknown = JSON.parse(toJson(given, `${name}: the second argument`))
  if (isJsonObject(params)) return params
  throw new TypeError(`${name}: the second argument must be an object`)
}

function demand(holds: boolean, expectation: string): void {
  if (!holds) throw new TypeError(expectation)
}
