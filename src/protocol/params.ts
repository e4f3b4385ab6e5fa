/** The schemas of `params`, shared by the revisions; unknown members pass. */
import { z } from 'zod'
import { GatewayError } from '../domain/errors.js'
import { LOG_LEVELS } from '../domain/log-level.js'
import { isObject } from './json-rpc.js'
import {
  type JsonObject,
  type McpMethod,
  type RequestId,
  type RequestOf,
  type RequestParams,
} from './message.js'

const object = z.custom<JsonObject>(isObject, 'must be an object')
const text = z.string('must be a string')

const emptyParams = z.looseObject({})
const pageParams = z.looseObject({ cursor: text.optional() })
const toolCallParams = z.looseObject({ name: text, arguments: object.optional() })
const resourceReadParams = z.looseObject({ uri: text })
const promptGetParams = z.looseObject({
  name: text,
  arguments: z.record(z.string(), text, 'must be an object of strings').optional(),
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
})
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
  'resources/read': reading('resources/read', resourceReadParams),
  'prompts/list': reading('prompts/list', pageParams),
  'prompts/get': reading('prompts/get', promptGetParams),
  'completion/complete': reading('completion/complete', completeParams),
} satisfies MethodTable

/** What every revision with a handshake has beside it. */
export const handshakeMethods = {
  initialize: reading('initialize', initializeParams),
  ping: reading('ping', emptyParams),
  'logging/setLevel': reading('logging/setLevel', setLevelParams),
} satisfies MethodTable

/** Where requests may come in rounds. */
export const roundMethods = {
  'tools/call': reading('tools/call', toolCallParams.extend(roundParams)),
  'resources/read': reading('resources/read', resourceReadParams.extend(roundParams)),
  'prompts/get': reading('prompts/get', promptGetParams.extend(roundParams)),
} satisfies MethodTable

export const discoverMethod = {
  'server/discover': reading('server/discover', emptyParams),
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
