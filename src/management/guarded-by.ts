/** What every change of a catalog says, from what every input has. */
import type { Guarded } from '../catalog/administration.js'
import type { ManagementContext } from './context.js'

export interface GuardedInput {
  readonly endpointId?: string | null | undefined
  readonly ifUpdatedAt?: Date | null | undefined
}

/** @throws GatewayError as `context.at` */
export function guardedBy(
  context: Pick<ManagementContext, 'at'>,
  { endpointId: given, ifUpdatedAt }: GuardedInput,
): Guarded {
  const { endpointId, userId: actor } = context.at(given)
  return { endpointId, actor, ifUpdatedAt: ifUpdatedAt?.toISOString() }
}
