/** Makes keys, takes them back, and tells whose one is. */
import type { Revocations, Users } from '../accounts/accounts.js'
import type { Audit } from '../audit/audit.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import { type Clock, toIso } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import { keyRow, KeyValue, toApiKey } from './key-row.js'
import { hasHash, hashOf, isKeyId, newKeyText, readKeyText, writeKeyText } from './key-text.js'
import type { ApiKey, ApiKeys, KeyMaker, KeyRows, NewApiKey } from './keys.js'
import { checkKeyName, checkNewKey, ownUserOf } from './new-key.js'
import { sortKeys } from './sort-keys.js'

export interface ApiKeysParts {
  readonly state: StateStore
  readonly rows: KeyRows
  readonly users: Pick<Users, 'readTrace'>
  readonly revocations: Pick<Revocations, 'announce'>
  readonly audit: Pick<Audit, 'note'>
  readonly clock: Clock
}

const DAY_MS = 24 * 3_600_000

/** Of one home at a time. */
const MAX_KEYS = 1000

/** Of a write that others are ahead of. */
const MAX_TRIES = 5

/** No secret has it: what is compared where there is no key. */
const NO_HASH = hashOf(newKeyText())

export function createApiKeys(parts: ApiKeysParts): ApiKeys {
  const { state, rows, users, revocations, audit } = parts
  return {
    create: (maker, key) => create(parts, maker, key),
    list: async (home) => {
      const { good } = await sortKeys(users, home, await rows.list(home))
      return good.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
    },
    rename: (key) => rename(parts, key),
    revoke: async ({ home, keyId, by, address }) => {
      if (!isKeyId(keyId)) throw notFound(home)
      const row = keyRow(home, keyId)
      const stored = await state.read(row)
      // Before it as well: so rows are read from now on, even if this process ends with the removal;
      // and where there is none, for whoever removed it and could not say so.
      await revocations.announce(home)
      if (stored === undefined) throw notFound(home)
      const { key } = toApiKey(row, stored)
      await state.remove(row)
      const event = { endpointId: home, actor: by, action: 'key.revoked', target: keyId }
      audit.note({ ...event, address, detail: labelOf(key), before: toShown(key) })
      await revocations.announce(home)
    },
    prove: async (text, endpointId) => {
      const given = readKeyText(text)
      if (given === undefined) return undefined
      const find = async (home: EndpointId) => {
        const row = keyRow(home, given.keyId)
        const stored = await state.read(row)
        return stored && toApiKey(row, stored)
      }
      // Both, always: how long it takes tells nothing.
      const [own, operators] = await Promise.all([find(endpointId), find(GATEWAY_HOME)])
      const found = own ?? operators
      return hasHash(given, found?.hash ?? NO_HASH) ? found?.key : undefined
    },
  }
}

async function create(parts: ApiKeysParts, maker: KeyMaker, key: NewApiKey) {
  const { state, users, audit, clock } = parts
  checkNewKey(maker, key)
  const { home, name, roles, functions, days } = key
  await makeRoom(parts, home)
  const given = newKeyText()
  const { keyId } = given
  const userId = key.userId ?? ownUserOf(home, keyId)
  const user = await users.readTrace(home, userId)
  if (user?.isDisabled === true)
    throw new GatewayError('CONFLICT', 'The user whom the key is for is disabled, or was removed')
  const now = clock.now()
  const expiresAt = now + days * DAY_MS
  const value = {
    userId,
    name,
    roles,
    functions,
    epoch: user?.epoch ?? 0,
    hash: hashOf(given),
    createdAt: toIso(now),
    createdBy: maker.userId,
  }
  const row = keyRow(home, keyId)
  if (!(await state.create(row, { value, expiresAt })))
    throw new Error('a key of this id is there already')
  const made = toApiKey(row, { value, expiresAt }).key
  const event = { endpointId: home, actor: maker.userId, action: 'key.created', target: keyId }
  const { address } = maker
  audit.note({ ...event, address, detail: labelOf(made), after: toShown(made) })
  return { key: made, text: writeKeyText(given) }
}

/** What it is told apart by, in a line. */
function labelOf({ name, userId }: ApiKey) {
  return { name, userId }
}

/** What the audit keeps of a key. */
function toShown({ name, userId, roles, functions, expiresAt }: ApiKey) {
  return { name, userId, roles, functions, expiresAt: toIso(expiresAt) }
}

/**
 * Whoever is dead for good makes room, so that rows stay bounded however often users are revoked.
 *
 * @throws GatewayError `CONFLICT`
 */
async function makeRoom(parts: ApiKeysParts, home: EndpointId): Promise<void> {
  const all = await parts.rows.list(home)
  if (all.length < MAX_KEYS) return
  const { good, dead } = await sortKeys(parts.users, home, all)
  if (good.length >= MAX_KEYS)
    throw new GatewayError('CONFLICT', `There are ${MAX_KEYS} keys already: revoke one first`, {
      data: { limit: MAX_KEYS },
    })
  for (const { keyId } of dead) await parts.state.remove(keyRow(home, keyId))
}

/** That it is used meanwhile changes its row too. */
async function rename(
  { state, audit }: Pick<ApiKeysParts, 'state' | 'audit'>,
  { home, keyId, name, by, address }: Parameters<ApiKeys['rename']>[0],
): Promise<ApiKey> {
  checkKeyName(name)
  if (!isKeyId(keyId)) throw notFound(home)
  const row = keyRow(home, keyId)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await state.read(row)
    if (stored === undefined) throw notFound(home)
    const before = KeyValue.parse(stored.value)
    const renamed = { value: { ...before, name }, expiresAt: stored.expiresAt }
    const { key } = toApiKey(row, renamed)
    if (before.name === name) return key
    if (!(await state.replace(row, stored.version, renamed))) continue
    const event = { endpointId: home, actor: by, action: 'key.renamed', target: keyId }
    audit.note({ ...event, address, before: { name: before.name }, after: { name } })
    return key
  }
  throw new GatewayError('CONFLICT', 'The key was changed just now')
}

function notFound(home: EndpointId): GatewayError {
  const place = home === GATEWAY_HOME ? 'of the whole gateway' : `at endpoint ${home}`
  return new GatewayError('KEY_NOT_FOUND', `There is no such key ${place}`)
}
