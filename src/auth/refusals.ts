/** Who was refused has proven nothing, and is noted where they asked to come in. */
import type { Audit } from '../audit/audit.js'
import { GATEWAY_HOME, isEndpointId } from '../domain/caller.js'
import { tenantOf } from './tenant.js'

export interface Refusal {
  /** As it was asked for; absent where nothing was named. */
  readonly endpointId: string | undefined
  /** Noun and verb, like `auth.refused`. */
  readonly action: string
  /** Of the client. */
  readonly address: string
  /** Small, and JSON. */
  readonly detail: Readonly<Record<string, unknown>>
}

export function createRefusalTrail(audit: Pick<Audit, 'note'>): (refusal: Refusal) => void {
  return ({ endpointId: asked, ...refusal }) => {
    // Whether there is such an endpoint is not looked up.
    const isNamed = asked !== undefined && isEndpointId(asked)
    const endpointId = isNamed ? tenantOf(asked) : GATEWAY_HOME
    audit.note({ endpointId, actor: 'anonymous', ...refusal })
  }
}
