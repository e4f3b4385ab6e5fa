/** The schemas of `params`, shared by the revisions; unknown members pass. */
import { z } from 'zod'
import { GatewayError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/json.js'
import { LOG_LEVELS } from '../domain/log-level.js'
import { type McpMethod, type RequestId, type RequestOf, type RequestParams } from './message.js'

const object = z.custom<JsonObject>(isJsonObject, 'must be an object')
const text = z.string('must be a string')
const textRecord = z.record(z.string(), text, 'must be an object of strings')

const emptyParams = z.looseObject({})
const pageParams = z.looseObject({ cursor: text.optional() })
const uriParams = z.looseObject({ uri: text })
const toolCallParams = z.looseObject({ name: text, arguments: object.optional() })
const promptGetParams = z.looseObject({
  name: text,
  arguments: textRecord.optional(),
})

/** The longest `requestState` that a client may send back, in characters. */
export const MAX_REQUEST_STATE_CHARS = 64 * 1024

/** What a client adds when it answers the questions of an earlier result. */
const roundParams = {
  inputResponses: object.optional(),
  requestState: text
    .max(MAX_REQUEST_STATE_CHARS, `must have at most ${MAX_REQUEST_STATE_CHARS} characters`)
    .optional(),
}

const setLevelParams = z.looseObject({
  level: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`),
})
const completeParams = z.looseObject({
  ref: object,
  argument: z.looseObject({ name: text, value: text }, 'must be an object'),
  context: z.looseObject({ arguments: textRecord.optional() }, 'must be an object').optional(),
})

/** Of resources, and of tasks, in one subscription. */
const MAX_LISTENED = 256
const listened = z
  .array(text, 'must be an array of strings')
  .max(MAX_LISTENED, `must have at most ${MAX_LISTENED} entries`)
const flag = z.boolean('must be true or false')
const listenParams = z.looseObject({
  notifications: z.looseObject(
    {
      toolsListChanged: flag.optional(),
      promptsListChanged: flag.optional(),
      resourcesListChanged: flag.optional(),
      resourceSubscriptions: listened.optional(),
      taskIds: listened.optional(),
    },
    'must be an object',
  ),
})
const taskParams = z.looseObject({ taskId: text })
const initializeParams = z.looseObject({
  protocolVersion: text,
  capabilities: object,
  clientInfo: z.looseObject({ name: text, version: text }, 'must be an object'),
})

/** A request as JSON-RPC shows it. */
export interface RawRequest {
  readonly id: RequestId
  readonly method: string
  readonly params: JsonObject
}

/** What the edge knows of a request beside its JSON-RPC members. */
export type RequestContext = Omit<RequestOf<McpMethod>, 'id' | 'method' | 'params'>

type ReadMethod<M extends McpMethod> = (raw: RawRequest, context: RequestContext) => RequestOf<M>

/** Which methods a revision has, and how each is read. */
export type MethodTable = { readonly [M in McpMethod]?: ReadMethod<M> }

/** What every revision has. */
export const commonMethods = {
  'tools/list': reading('tools/list', pageParams),
  'tools/call': reading('tools/call', toolCallParams),
  'resources/list': reading('resources/list', pageParams),
  'resources/templates/list': reading('resources/templates/list', pageParams),
  'resources/read': reading('resources/read', uriParams),
  'prompts/list': reading('prompts/list', pageParams),
  'prompts/get': reading('prompts/get', promptGetParams),
  'completion/complete': reading('completion/complete', completeParams),
} satisfies MethodTable

/** What every revision with a handshake has beside it. */
export const handshakeMethods = {
  initialize: reading('initialize', initializeParams),
  ping: reading('ping', emptyParams),
  'logging/setLevel': reading('logging/setLevel', setLevelParams),
  'resources/subscribe': reading('resources/subscribe', uriParams),
  'resources/unsubscribe': reading('resources/unsubscribe', uriParams),
} satisfies MethodTable

/** Where requests may come in rounds. */
export const roundMethods = {
  'tools/call': reading('tools/call', toolCallParams.extend(roundParams)),
  'resources/read': reading('resources/read', uriParams.extend(roundParams)),
  'prompts/get': reading('prompts/get', promptGetParams.extend(roundParams)),
} satisfies MethodTable

/** What only requests that stand alone have. */
export const modernMethods = {
  'server/discover': reading('server/discover', emptyParams),
  'subscriptions/listen': reading('subscriptions/listen', listenParams),
} satisfies MethodTable

/** The extension `io.modelcontextprotocol/tasks`. */
export const taskMethods = {
  'tasks/get': reading('tasks/get', taskParams),
  'tasks/update': reading('tasks/update', taskParams.extend({ inputResponses: object })),
  'tasks/cancel': reading('tasks/cancel', taskParams),
} satisfies MethodTable

/** A method is its name and the schema of its params. */
function reading<M extends McpMethod>(
  method: M,
  schema: z.ZodType<RequestParams[M]>,
): ReadMethod<M> {
  return ({ id, params }, context) => {
    const read = schema.safeParse(params)
    if (read.success) return { id, method, params: read.data, ...context }
    const problems = read.error.issues.map(
      (issue) => `${['params', ...issue.path].join('.')}: ${issue.message}`,
    )
    throw new GatewayError('INVALID_PARAMS', problems.join('; '))
  }
}
