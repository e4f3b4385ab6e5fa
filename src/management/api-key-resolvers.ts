/** Keys: made, listed, renamed and ended. The audit's record is written where a key is kept. */
import { OPERATOR_PREFIX } from '../accounts/accounts.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { type ApiKey, isKeyId } from '../keys/keys.js'
import { type PageArguments, pageOf } from './connection.js'
import type { ManagementContext } from './context.js'
import { fromRole, toRole } from './enums.js'
import { toGlobalId } from './global-id.js'
import type { NodeKind } from './node-kind.js'
import { isGiven } from './input.js'
import { refield } from './refield.js'
import type {
  CreateApiKeyInput,
  InputMaybe,
  Resolvers,
  RevokeApiKeyInput,
  UpdateApiKeyInput,
} from './schema-types.js'
import type { ApiKeySource } from './sources.js'

export const apiKeyNode: NodeKind<ApiKeySource> = {
  right: 'admin',
  idOf: ({ key: { home, keyId } }) => toGlobalId('ApiKey', home, keyId),
  read: (context, endpointId, [keyId = '']) => keyOf(context, endpointId, keyId),
}

const DEFAULT_DAYS = 90
const MAX_DAYS = 366

export const apiKeyResolvers: Resolvers = {
  Endpoint: {
    apiKeys: ({ endpointId }, { userId, ...page }, context) =>
      keysOf(context, endpointId, { userId, page }),
    apiKey: ({ endpointId }, { keyId }, context) => keyOf(context, endpointId, keyId),
  },
  ApiKey: {
    id: (source) => apiKeyNode.idOf(source),
    keyId: ({ key }) => key.keyId,
    name: ({ key }) => key.name,
    userId: ({ key }) => key.userId,
    roles: ({ key }) => key.roles.map(fromRole),
    functions: ({ key: { functions } }) => (functions === undefined ? null : [...functions]),
    createdAt: ({ key }) => key.createdAt,
    createdBy: ({ key }) => key.createdBy,
    lastUsedAt: ({ key }) => key.lastUsedAt ?? null,
    expiresAt: ({ key }) => new Date(key.expiresAt),
  },
  Mutation: {
    createApiKey: (_source, { input }, context) => createApiKey(context, input),
    updateApiKey: (_source, { input }, context) => updateApiKey(context, input),
    revokeApiKey: (_source, { input }, context) => revokeApiKey(context, input),
  },
}

interface WantedKeys {
  readonly userId: InputMaybe<string> | undefined
  readonly page: PageArguments
}

async function keysOf(
  { loaders }: ManagementContext,
  endpointId: EndpointId,
  { userId, page }: WantedKeys,
) {
  const keys = await loaders.keys(endpointId)
  const nodes = keys
    .filter((key) => userId === null || userId === undefined || key.userId === userId)
    .map((key): ApiKeySource => ({ endpointId, key }))
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  return pageOf(nodes, page, { keyOf: placeOf, scope: ['keys', endpointId, userId ?? null] })
}

function placeOf({ key: { createdAt, keyId } }: ApiKeySource): string {
  return `${createdAt} ${keyId}`
}

async function keyOf(
  { loaders }: ManagementContext,
  endpointId: EndpointId,
  keyId: string,
): Promise<ApiKeySource | null> {
  const key = (await loaders.keys(endpointId)).find((each) => each.keyId === keyId)
  return key === undefined ? null : toSource(key)
}

function toSource(key: ApiKey): ApiKeySource {
  return { endpointId: key.home, key }
}

async function createApiKey(context: ManagementContext, input: CreateApiKeyInput) {
  const { caller, address, parts } = context
  const { name, userId, functions } = input
  const roles = [...new Set((input.roles ?? ['CALLER']).map(toRole))]
  const days = input.days ?? DEFAULT_DAYS
  if (days < 1 || days > MAX_DAYS)
    throw new GatewayError('INVALID_PARAMS', `days: must be a whole number from 1 to ${MAX_DAYS}`)
  const isOperators = roles.includes('operator') || userId?.startsWith(OPERATOR_PREFIX) === true
  if (isOperators && !caller.roles.includes('operator'))
    throw new GatewayError('FORBIDDEN', 'A key can do no more than its maker')
  const home = isOperators ? GATEWAY_HOME : context.at(input.endpointId).endpointId
  const { key, text } = await refield(FIELDS, () =>
    parts.keys.create(
      { ...caller, address },
      {
        home,
        name,
        userId: userId ?? undefined,
        roles,
        functions: functions ?? undefined,
        days,
      },
    ),
  )
  return { apiKey: toSource(key), text, userErrors: [] }
}

async function updateApiKey(context: ManagementContext, input: UpdateApiKeyInput) {
  const { caller, address, parts } = context
  const { keyId, name } = input
  const home = await homeFor(context, input)
  const key = await parts.keys.rename({ home, keyId, name, by: caller.userId, address })
  return { apiKey: toSource(key), userErrors: [] }
}

async function revokeApiKey(context: ManagementContext, input: RevokeApiKeyInput) {
  const { caller, address, parts } = context
  const { keyId } = input
  const home = await homeFor(context, input)
  await parts.keys.revoke({ home, keyId, by: caller.userId, address })
  return { revokedKeyId: keyId, userErrors: [] }
}

/**
 * Where the path names no endpoint, and the input none either, it is an operator's key. Operators make
 * those at an endpoint too: what is none of its keys is taken for one of theirs.
 */
async function homeFor(
  context: ManagementContext,
  { endpointId, keyId }: Pick<RevokeApiKeyInput, 'endpointId' | 'keyId'>,
): Promise<EndpointId> {
  const { caller, loaders } = context
  if (!isKeyId(keyId)) throw new GatewayError('KEY_NOT_FOUND', 'There is no such key')
  if (!isGiven(endpointId) && caller.endpointId === GATEWAY_HOME) return GATEWAY_HOME
  const home = context.at(endpointId).endpointId
  if (!caller.roles.includes('operator')) return home
  const isOfEndpoint = (await loaders.keys(home)).some((key) => key.keyId === keyId)
  return isOfEndpoint ? home : GATEWAY_HOME
}

/** What the command line calls otherwise. */
const FIELDS = { role: 'roles', user: 'userId', function: 'functions' }
