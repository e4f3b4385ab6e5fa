/** An operator of the whole gateway goes to an endpoint. */
import { type Caller, ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import { tenantOf } from './tenant.js'

/**
 * @param caller at `GATEWAY_HOME`, as `authenticateOperator` has proven
 * @throws GatewayError `INVALID_PARAMS` for what can be no endpoint's name; `FORBIDDEN` for whoever is
 * no operator of the whole gateway
 */
export function atEndpoint(caller: Caller, endpointId: string): Caller {
  if (caller.endpointId !== GATEWAY_HOME || !caller.roles.includes('operator'))
    throw new GatewayError('FORBIDDEN', 'Only operators of the whole gateway choose an endpoint')
  if (!isEndpointId(endpointId))
    throw new GatewayError('INVALID_PARAMS', `endpointId: must be ${ENDPOINT_ID_RULE}`)
  return { ...caller, endpointId: tenantOf(endpointId) }
}
