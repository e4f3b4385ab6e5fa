/**
 * Ends an endpoint, step by step: who could change it goes first, its place in the list last. Whoever
 * finds it half done does the rest by asking again.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { FunctionName } from '../catalog/catalog.js'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManagementContext } from './context.js'
import type { DeleteEndpointInput } from './schema-types.js'

/** What was taken back is refused by every instance after this long, in milliseconds. */
const REVOKED_WITHIN_MS = 2000

/** Users that are read at a time. */
const PAGE_LIMIT = 100

/** Whose end it is, and by whom. */
interface Ending {
  readonly context: ManagementContext
  readonly endpointId: EndpointId
  readonly actor: string
}

/** How many of each are gone. */
interface Removed {
  readonly keys: number
  readonly users: number
  readonly functions: number
  readonly packages: number
}

/**
 * @returns its name, also where there was nothing of it
 * @throws GatewayError `INVALID_PARAMS` when it is not named twice
 */
export async function deleteEndpoint(
  context: ManagementContext,
  input: DeleteEndpointInput,
): Promise<EndpointId> {
  const { endpointId, userId: actor } = context.at(input.endpointId)
  if (input.confirm !== endpointId)
    throw new GatewayError('INVALID_PARAMS', 'confirm: must be the name of the endpoint once more')
  const { endpoints, audit } = context.parts
  const before = await endpoints.read(endpointId)
  const removed = await removeAll({ context, endpointId, actor })
  await endpoints.remove(endpointId)
  audit.note({
    endpointId,
    actor,
    action: 'endpoint.deleted',
    target: endpointId,
    address: context.address,
    detail: { ...removed },
    before: { description: before?.description, createdAt: before?.createdAt },
  })
  return endpointId
}

async function removeAll(ending: Ending): Promise<Removed> {
  const first = await removeCredentials(ending)
  // Whoever was let in until now could make keys and users meanwhile: nobody is from here on.
  if (first.keys + first.users > 0) await delay(REVOKED_WITHIN_MS)
  const last = await removeCredentials(ending)
  const [keys, users] = [first.keys + last.keys, first.users + last.users]
  // What restricts functions goes when none of them can be called any longer.
  const packages = await removePackages(ending)
  const functions = await removeFunctions(ending)
  return { keys, users, functions, packages }
}

async function removeCredentials(ending: Ending): Promise<Pick<Removed, 'keys' | 'users'>> {
  const users = await removeUsers(ending)
  return { users, keys: await revokeKeys(ending) }
}

async function revokeKeys({ context, endpointId: home, actor: by }: Ending): Promise<number> {
  const { keys } = context.parts
  const { address } = context
  const all = await keys.list(home)
  for (const { keyId } of all)
    await unlessGone('KEY_NOT_FOUND', () => keys.revoke({ home, keyId, by, address }))
  return all.length
}

async function removeUsers({ context, endpointId: home, actor: by }: Ending): Promise<number> {
  const { users, userChanges } = context.parts
  const { address } = context
  let removed = 0
  let after: string | undefined
  do {
    const page = await users.list(home, { after, limit: PAGE_LIMIT })
    for (const { username } of page)
      await unlessGone('USER_NOT_FOUND', () => userChanges.remove({ home, username, by, address }))
    removed += page.length
    after = page.at(-1)?.username
  } while (after !== undefined)
  return removed
}

/** Those that were defined by hand, which no bundle answers for now, and what was set for others. */
async function removeFunctions({ context, endpointId, actor }: Ending): Promise<number> {
  const { administration, catalog } = context.parts
  const remove = async (names: readonly FunctionName[]) => {
    for (const { mcpType, key } of names)
      await unlessGone('FUNCTION_NOT_FOUND', () =>
        administration.removeFunction({ endpointId, actor, mcpType, key }),
      )
    return names.length
  }
  const defined = await remove(await administration.definedFunctions(endpointId))
  // What was set for those has gone with them.
  return defined + (await remove(await catalog.overrides(endpointId)))
}

async function removePackages({ context, endpointId, actor }: Ending): Promise<number> {
  const { administration, catalog } = context.parts
  const packages = await catalog.packages(endpointId)
  for (const { packageName } of packages)
    await unlessGone('PACKAGE_NOT_FOUND', () =>
      administration.removePackage({ endpointId, packageName, actor }),
    )
  return packages.length
}

/** Somebody else may be removing the same. */
async function unlessGone(code: GatewayErrorCode, remove: () => Promise<unknown>): Promise<void> {
  try {
    await remove()
  } catch (error) {
    if (!(error instanceof GatewayError && error.code === code)) throw error
  }
}
