import { parseArgs } from 'node:util'
import { createAccess } from '../access/access.js'
import { homeOf } from '../accounts/accounts.js'
import { type Caller, GATEWAY_HOME, type Role, ROLES } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ApiKey } from '../keys/keys.js'
import { findNamed, onlyNamed, readType, toLabel, toReasonText } from './access-function.js'
import { atGateway } from './at-endpoint.js'
import { toPrintable } from './printable.js'
import type { OpenGateway, Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Says whether somebody may call a function, and why: what decides says the reason. */
export async function accessExplain(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      endpoint: { type: 'string' },
      user: { type: 'string' },
      role: { type: 'string', multiple: true },
      key: { type: 'string' },
      function: { type: 'string' },
      type: { type: 'string' },
    },
  })
  const { user, key: keyId, function: key } = values
  if ((user === undefined && keyId === undefined) || key === undefined)
    throw new UsageError('access explain: expected --user U or --key ID, and --function NAME')
  const roles = readRoles(values.role)
  const type = readType(values.type)
  await atGateway(program, values.endpoint, async (gateway, endpointId) => {
    const name = onlyNamed(findNamed(await gateway.catalog.snapshot(endpointId), key, type))
    if (name === undefined) throw unknown(key, endpointId)
    const asked = { endpointId, user, roles, keyId }
    const { caller, isDisabled, isKnownKey } = await findCaller(gateway, asked)
    if (!isKnownKey)
      program.stderr.write(
        `there is no key ${toPrintable(keyId ?? '')} here: explained as though there were\n`,
      )
    const decision = await createAccess(gateway).explain(caller, name)
    if (decision === undefined) throw unknown(key, endpointId)
    const isAllowed = decision.isAllowed && !isDisabled
    const because = isDisabled ? 'the user is disabled' : toReasonText(decision.because)
    const who = `user ${toPrintable(caller.userId)} (${caller.roles.join(', ') || 'no role'})`
    const answer = isAllowed ? 'yes' : 'no'
    const may = isAllowed ? 'may' : 'may not'
    program.stdout.write(
      `${answer}: ${who} ${may} call ${toLabel(name)} at endpoint ${endpointId}: ${because}\n`,
    )
  })
}

interface Asked {
  readonly endpointId: EndpointId
  /** Undefined: the key's. */
  readonly user: string | undefined
  /** Undefined: those of the key or of the user's account. */
  readonly roles: readonly Role[] | undefined
  readonly keyId: string | undefined
}

interface Found {
  readonly caller: Caller
  readonly isDisabled: boolean
  /** False for a key that is not there. */
  readonly isKnownKey: boolean
}

async function findCaller(
  gateway: Pick<OpenGateway, 'users' | 'keys'>,
  { endpointId, user, roles, keyId }: Asked,
): Promise<Found> {
  const key = keyId === undefined ? undefined : await findKey(gateway, endpointId, keyId)
  const userId = userOf(user, key)
  const home = key?.home ?? homeOf(userId, endpointId)
  const account = await gateway.users.readTrace(home, userId)
  const held = roles ?? key?.roles ?? account?.roles
  if (held === undefined)
    throw new UsageError(
      `--role: expected for ${toPrintable(userId)}, who has no account at endpoint ${endpointId}`,
    )
  const credential = { home, epoch: 0, keyId }
  return {
    caller: { endpointId, userId, roles: held, credential, functions: key?.functions },
    isDisabled: account?.isDisabled === true,
    isKnownKey: keyId === undefined || key !== undefined,
  }
}

function userOf(user: string | undefined, key: ApiKey | undefined): string {
  const userId = user ?? key?.userId
  if (userId === undefined) throw new UsageError('--user: expected, since there is no such key')
  if (key !== undefined && key.userId !== userId)
    throw new UsageError(`--user: expected ${toPrintable(key.userId)}, whose key that is`)
  return userId
}

/** Of the endpoint, or of the whole gateway. */
async function findKey(
  { keys }: Pick<OpenGateway, 'keys'>,
  endpointId: EndpointId,
  keyId: string,
): Promise<ApiKey | undefined> {
  const all = await Promise.all([endpointId, GATEWAY_HOME].map((home) => keys.list(home)))
  return all.flat().find((key) => key.keyId === keyId)
}

function readRoles(given: readonly string[] | undefined): readonly Role[] | undefined {
  return given?.map((text) => {
    const role = ROLES.find((known) => known === text)
    if (role === undefined) throw new UsageError(`--role: expected one of ${ROLES.join(', ')}`)
    return role
  })
}

function unknown(key: string, endpointId: EndpointId): GatewayError {
  return new GatewayError(
    'FUNCTION_NOT_FOUND',
    `There is no function ${toPrintable(key)} at endpoint ${endpointId}`,
  )
}
