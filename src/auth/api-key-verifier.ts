/** API keys as bearer tokens. */
import { ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import { type ApiKey, type ApiKeys, looksLikeKey } from '../keys/keys.js'
import type { ProvenCaller, TokenVerifier } from './auth.js'
import { invalidToken } from './invalid-token.js'

export function createApiKeyVerifier({ prove }: Pick<ApiKeys, 'prove'>): TokenVerifier {
  return {
    recognises: looksLikeKey,
    verify: async (token, endpointId) => {
      if (endpointId !== GATEWAY_HOME && !isEndpointId(endpointId))
        throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
      const key = await prove(token, endpointId).catch((cause: unknown) => {
        throw new GatewayError('ACCOUNTS_UNAVAILABLE', 'Who calls cannot be checked now', { cause })
      })
      if (key === undefined) throw invalidToken()
      return toCaller(key, endpointId)
    },
  }
}

function toCaller(key: ApiKey, endpointId: EndpointId): ProvenCaller {
  const { home, keyId, userId, roles, functions, epoch, expiresAt } = key
  const credential = { home, epoch, keyId }
  return {
    endpointId,
    userId,
    roles,
    expiresAt,
    credential,
    ...(functions !== undefined && { functions }),
  }
}
