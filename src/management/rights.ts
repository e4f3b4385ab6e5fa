/** The rights that fields ask for. Which right a role has is asked of `access/`, and nowhere else. */
import { type Right, RIGHTS } from '../access/access.js'
import type { ManagementContext } from './context.js'

/** `operate`: of the whole gateway. */
export type FieldRight = Right | 'operate'

const FIELD_RIGHTS: readonly FieldRight[] = [...RIGHTS, 'operate']

export function isFieldRight(name: string): name is FieldRight {
  return FIELD_RIGHTS.some((right) => right === name)
}

/**
 * @param target the field, as the audit names it
 * @throws GatewayError `INSUFFICIENT_SCOPE`
 */
export function demandRightOf(
  { parts: { access }, caller }: ManagementContext,
  right: FieldRight,
  target: string,
): void {
  if (right === 'operate') access.demandOperator(caller, `graphql ${target}`)
  else access.demand(caller, right, `graphql ${target}`)
}
