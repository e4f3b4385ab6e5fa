/** What a client must have declared to be asked, and whether its answer answers the question. */
import { rememberSchema } from '../catalog/catalog.js'
import type { Caller } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject } from '../domain/json.js'
import type { ClientCapability } from '../domain/session.js'
import type { JsonObject, McpRequest } from '../protocol/protocol.js'
import type { AnsweredQuestion, Question, QuestionMethod } from '../runtime/runtime.js'
import { readCapabilities } from '../sessions/sessions.js'
import type { Asked } from './turn.js'

/** What an accepted form is called in problems. */
const ANSWER = 'content'

/** What has to be known of a question when its answer comes. */
export interface OpenQuestion {
  readonly method: QuestionMethod
  /** What an accepted form has to fit. */
  readonly schema?: JsonObject | undefined
}

/** Who is asked: a schema is compiled once an endpoint. */
export type Respondent = Pick<Caller, 'endpointId'>

/** @throws GatewayError `MISSING_CAPABILITY` with everything that the questions need */
export function refuseUndeclared(request: McpRequest, questions: readonly Question[]): void {
  const declared =
    request.session?.capabilities ?? readCapabilities(request.clientCapabilities ?? {})
  const missing = questions
    .flatMap(neededCapabilities)
    .filter((capability) => !declared.has(capability))
  if (missing.length === 0) return
  throw new GatewayError(
    'MISSING_CAPABILITY',
    `The client has not declared what this function needs to ask it: ${missing.join(', ')}`,
    { data: { requiredCapabilities: toCapabilityObject(missing) } },
  )
}

/** @throws GatewayError `FUNCTION_FAILED` when no answer could ever fit */
export function toOpenQuestion(
  { endpointId }: Respondent,
  key: string,
  { method, params }: Question,
): OpenQuestion {
  const schema = params['requestedSchema']
  if (method !== 'elicitation/create' || params['mode'] === 'url' || !isJsonObject(schema))
    return { method }
  const [problem] = rememberSchema(schema, ANSWER, endpointId).problems
  if (problem === undefined) return { method, schema }
  throw new GatewayError('FUNCTION_FAILED', `requestedSchema of the question "${key}": ${problem}`)
}

/** @throws GatewayError as `refuseUndeclared` and `toOpenQuestion` */
export function toOpenQuestions(
  { caller, request }: Pick<Asked, 'caller' | 'request'>,
  questions: Readonly<Record<string, Question>>,
): Record<string, OpenQuestion> {
  refuseUndeclared(request, Object.values(questions))
  return Object.fromEntries(
    Object.entries(questions).map(([key, question]) => [
      key,
      toOpenQuestion(caller, key, question),
    ]),
  )
}

/**
 * @returns what the function gets
 * @throws GatewayError `INVALID_PARAMS`, naming what was expected
 */
export function readAnswer(
  respondent: Respondent,
  question: OpenQuestion,
  given: unknown,
): JsonObject {
  if (!isJsonObject(given)) throw invalid('must be an object')
  return readers[question.method](given, question.schema, respondent)
}

/** The answers that fit their questions; the others are asked for again, extra ones are ignored. */
export function readAnswers(
  respondent: Respondent,
  open: Readonly<Record<string, OpenQuestion>>,
  responses: JsonObject,
): Record<string, AnsweredQuestion> {
  const answers: [string, AnsweredQuestion][] = []
  for (const [key, question] of Object.entries(open)) {
    if (!Object.hasOwn(responses, key)) continue
    try {
      const answer = readAnswer(respondent, question, responses[key])
      answers.push([key, { method: question.method, answer }])
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
    }
  }
  return Object.fromEntries(answers)
}

type Reader = (
  given: JsonObject,
  schema: JsonObject | undefined,
  respondent: Respondent,
) => JsonObject

const readers: Record<QuestionMethod, Reader> = {
  'elicitation/create': readElicited,
  'sampling/createMessage': readSampled,
  'roots/list': readRoots,
}

function readElicited(
  { action, content }: JsonObject,
  schema: JsonObject | undefined,
  { endpointId }: Respondent,
): JsonObject {
  if (action === 'decline' || action === 'cancel') return { action }
  if (action !== 'accept') throw invalid('action must be accept, decline or cancel')
  if (schema === undefined) return { action }
  if (!isJsonObject(content)) throw invalid('content must be an object')
  const problems = rememberSchema(schema, ANSWER, endpointId).check(content)
  if (problems.length > 0) throw invalid(problems.join('; '))
  return { action, content }
}

function readSampled(given: JsonObject): JsonObject {
  const { role, model, content } = given
  if (role !== 'assistant' && role !== 'user') throw invalid('role must be assistant or user')
  if (typeof model !== 'string') throw invalid('model must be a string')
  const blocks: unknown[] = [content].flat()
  if (!blocks.every((block) => isJsonObject(block) && typeof block['type'] === 'string'))
    throw invalid('content must be a content block or an array of them')
  return given
}

function readRoots(given: JsonObject): JsonObject {
  const { roots } = given
  const isList = Array.isArray(roots) && roots.every(hasUri)
  if (!isList) throw invalid('roots must be an array of { uri }')
  return given
}

function hasUri(root: unknown): boolean {
  return isJsonObject(root) && typeof root['uri'] === 'string'
}

function neededCapabilities({ method, params }: Question): ClientCapability[] {
  if (method === 'roots/list') return ['roots']
  if (method === 'elicitation/create')
    return [params['mode'] === 'url' ? 'elicitation.url' : 'elicitation.form']
  const needsTools = params['tools'] !== undefined || params['toolChoice'] !== undefined
  return needsTools ? ['sampling', 'sampling.tools'] : ['sampling']
}

/** `sampling.tools` → `{ sampling: { tools: {} } }`. */
function toCapabilityObject(capabilities: readonly ClientCapability[]): JsonObject {
  const object: Record<string, Record<string, object>> = {}
  for (const capability of capabilities) {
    const [group = '', member] = capability.split('.')
    object[group] = { ...object[group], ...(member === undefined ? {} : { [member]: {} }) }
  }
  return object
}

function invalid(expectation: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', `the client's answer: ${expectation}`)
}
