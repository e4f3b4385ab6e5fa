/** What a client must have declared to be asked, and whether its answer answers the question. */
import { createValidator, schemaProblems } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import type { ClientCapability } from '../domain/session.js'
import type { JsonObject, McpRequest } from '../protocol/protocol.js'
import type { Question, QuestionMethod } from '../runtime/runtime.js'
import { readCapabilities } from '../sessions/sessions.js'

/** What has to be known of a question when its answer comes. */
export interface OpenQuestion {
  readonly method: QuestionMethod
  /** What an accepted form has to fit. */
  readonly schema?: JsonObject | undefined
}

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
export function toOpenQuestion(key: string, { method, params }: Question): OpenQuestion {
  const schema = params['requestedSchema']
  if (method !== 'elicitation/create' || params['mode'] === 'url' || !isObject(schema))
    return { method }
  const [problem] = schemaProblems(schema)
  if (problem === undefined) return { method, schema }
  throw new GatewayError('FUNCTION_FAILED', `requestedSchema of the question "${key}": ${problem}`)
}

/**
 * @returns what the function gets
 * @throws GatewayError `INVALID_PARAMS`, naming what was expected
 */
export function readAnswer(question: OpenQuestion, given: unknown): JsonObject {
  if (!isObject(given)) throw invalid('must be an object')
  return readers[question.method](given, question.schema)
}

type Reader = (given: JsonObject, schema: JsonObject | undefined) => JsonObject

const readers: Record<QuestionMethod, Reader> = {
  'elicitation/create': readElicited,
  'sampling/createMessage': readSampled,
  'roots/list': readRoots,
}

function readElicited({ action, content }: JsonObject, schema: JsonObject | undefined): JsonObject {
  if (action === 'decline' || action === 'cancel') return { action }
  if (action !== 'accept') throw invalid('action must be accept, decline or cancel')
  if (schema === undefined) return { action }
  if (!isObject(content)) throw invalid('content must be an object')
  const problems = createValidator(schema, 'content')(content)
  if (problems.length > 0) throw invalid(problems.join('; '))
  return { action, content }
}

function readSampled(given: JsonObject): JsonObject {
  const { role, model, content } = given
  if (role !== 'assistant' && role !== 'user') throw invalid('role must be assistant or user')
  if (typeof model !== 'string') throw invalid('model must be a string')
  const blocks: unknown[] = [content].flat()
  if (!blocks.every((block) => isObject(block) && typeof block['type'] === 'string'))
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
  return isObject(root) && typeof root['uri'] === 'string'
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

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(expectation: string): GatewayError {
  return new GatewayError('INVALID_PARAMS', `the client's answer: ${expectation}`)
}
