import { isInputRequired } from './input-required.js'
import { isTaskResult } from './task-result.js'
import { commonMethods, modernMethods, roundMethods, taskMethods } from './params.js'
import type { JsonObject, McpMethod } from './message.js'
import type { Revision, ServerInfo } from './revision.js'

const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo'

/**
 * How long a client may keep a complete result, in milliseconds. Everything is `private`: what an
 * endpoint shows depends on who asks. A resource's content may differ at every read.
 */
const TTL_MS: Partial<Record<McpMethod, number>> = {
  'server/discover': 5_000,
  'tools/list': 5_000,
  'prompts/list': 5_000,
  'resources/list': 5_000,
  'resources/templates/list': 5_000,
  'resources/read': 0,
}

export const revision20260728: Revision = {
  version: '2026-07-28',
  era: 'modern',
  methods: { ...commonMethods, ...roundMethods, ...modernMethods, ...taskMethods },
  toResult: (method, result, server) => ({
    ...result,
    ...resultType(method, result),
    _meta: withServerInfo(result['_meta'], server),
  }),
}

function resultType(method: McpMethod, result: JsonObject): JsonObject {
  if (isInputRequired(result)) return { resultType: 'input_required' }
  if (isTaskResult(result)) return { resultType: 'task' }
  return { resultType: 'complete', ...cachingHints(method) }
}

function cachingHints(method: McpMethod): JsonObject | undefined {
  const ttlMs = TTL_MS[method]
  return ttlMs === undefined ? undefined : { ttlMs, cacheScope: 'private' }
}

function withServerInfo(meta: unknown, server: ServerInfo): JsonObject {
  const own = typeof meta === 'object' && meta !== null ? meta : {}
  return { ...own, [SERVER_INFO_KEY]: server }
}
