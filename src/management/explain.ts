/** Whether somebody may call a function, and why, for people. */
import { type Decision, type Reason, roleFor } from '../access/access.js'
import { homeOf, isSubject } from '../accounts/accounts.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import { toRole, toType } from './enums.js'
import type { AccessDecision, EndpointExplainArgs } from './schema-types.js'

/** @returns null where there is no such function. @throws GatewayError `INVALID_PARAMS` */
export async function explain(
  { parts: { access, users } }: ManagementContext,
  endpointId: EndpointId,
  { userId, roles, type, key }: EndpointExplainArgs,
): Promise<AccessDecision | null> {
  if (!isSubject(userId)) throw new GatewayError('INVALID_PARAMS', 'userId: is no name of a user')
  const caller = { endpointId, userId, roles: (roles ?? ['CALLER']).map(toRole) }
  const decision = await access.explain(caller, { mcpType: toType(type ?? 'TOOL'), key })
  if (decision === undefined) return null
  // Operators of the whole gateway are not this endpoint's to look at.
  const isOwn = homeOf(userId, endpointId) === endpointId
  const account = isOwn ? await users.readTrace(endpointId, userId) : undefined
  return account?.isDisabled === true ? DISABLED_USER : toShown(decision)
}

const DISABLED_USER = {
  isAllowed: false,
  because: 'user disabled',
  explanation: 'the user is disabled',
}

function toShown({ isAllowed, because }: Decision): AccessDecision {
  return { isAllowed, ...toTexts(because) }
}

function toTexts(reason: Reason): Pick<AccessDecision, 'because' | 'explanation'> {
  switch (reason.kind) {
    case 'disabled':
      return { because: 'disabled', explanation: 'an operator has disabled it, for everybody' }
    case 'right': {
      const role = roleFor(reason.right)
      const explanation = `it needs the right "${reason.right}": the role ${role}, or one above it`
      return { because: `role:${role}`, explanation }
    }
    case 'credential':
      return { because: 'credential', explanation: 'the credential is limited to other functions' }
    case 'denied':
    case 'allowed': {
      const list = reason.kind === 'denied' ? 'deny' : 'allow'
      const explanation = `${list} ${reason.rule}, set by ${OF_SOURCE[reason.source]}, fits`
      return { because: reason.rule, explanation }
    }
    case 'not-allowed': {
      const explanation = `nothing of allow, set by ${OF_SOURCE[reason.source]}, fits`
      return { because: 'allow', explanation }
    }
    case 'open':
      break
  }
  return { because: 'open', explanation: 'the role has the right, and no rule is against it' }
}

const OF_SOURCE = { bundle: 'its bundle', operator: 'an operator' }
