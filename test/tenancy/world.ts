/** Five tenants with users of their own, and the ids that the gateway has given them so far. */
import { createHash } from 'node:crypto'
import type { Role } from '../../src/domain/caller.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { createSeeded } from '../support/seeded.js'
import { ADMIN_TOKEN, SIGNING_KEY, type TestGateway } from '../support/gateway.js'
import { type TenantNames, writeBundle } from './bundle.js'
import { ADMIN, type Belongings, createBelongings } from './graphql/belongings.js'
import { createPool, type Pool } from './ids.js'
import type { Markers, Owner } from './markers.js'

export interface Tenant extends TenantNames {
  readonly index: number
  readonly endpointId: string
}

/** Somebody with a token. */
export interface Client {
  readonly owner: Owner
  readonly tenant: Tenant
  readonly userId: string
  readonly token: string
  /** The same in each of its calls that have to be the same. */
  readonly note: string
}

/** One who signs in by password. */
export interface SignInUser extends Client {
  readonly password: string
}

/** An open session, as its client has it. */
export interface OpenSession {
  readonly token: string
  readonly version: string
  readonly endpointId: string
}

export interface World {
  readonly seed: number
  readonly markers: Markers
  readonly tenants: readonly Tenant[]
  readonly clients: readonly Client[]
  readonly signInUsers: readonly SignInUser[]
  readonly ids: Ids
  /** What the management API shows of each. */
  readonly graphql: Belongings
  /** Tokens of sessions that their clients have ended. */
  readonly ended: Set<string>
  /** Until then uploads may be sent: milliseconds since 1970. */
  readonly uploadsUntil: number
}

export interface Ids {
  readonly calls: Pool<string>
  readonly tasks: Pool<string>
  readonly cursors: Pool<{ readonly method: string; readonly cursor: string }>
  readonly rounds: Pool<string>
  readonly sessions: Pool<OpenSession>
  /** Those of them that take several messages in one array. */
  readonly batchSessions: Pool<OpenSession>
  /** Of streams in sessions, as `Last-Event-ID` brings them back. */
  readonly sseIds: Pool<string>
  readonly questions: Pool<string>
  readonly eventIds: Pool<string>
  readonly tickets: Pool<string>
  readonly refreshTokens: Pool<string>
  readonly uploads: Pool<string>
}

/** What all uploads hold: nobody publishes them. */
export const UPLOAD = Buffer.from('no bundle, but bytes')

/** The user of whoever may call everywhere, at each tenant by itself. */
export const OPERATOR = 9

const TENANTS = 5
const UPLOADS = 8
/** The gateway gives them a quarter of an hour. */
const UPLOADS_MS = 10 * 60 * 1000
const HOURS_MS = 3 * 60 * 60 * 1000

/** Of those without a name of their own: the same at every tenant. */
const USERS: readonly { role: Role; name?: string }[] = [
  { role: 'caller', name: 'ann' },
  { role: 'caller', name: 'ben' },
  { role: 'reader' },
  { role: 'publisher' },
  { role: 'admin' },
]

export interface WorldOptions {
  readonly seed: number
  readonly markers: Markers
  /** Where bundles are written. */
  readonly folder: string
}

export async function createWorld(gateway: TestGateway, options: WorldOptions): Promise<World> {
  const { markers } = options
  const ids = createIds()
  const tenants = Array.from({ length: TENANTS }, (_none, index) => toTenant(index, markers))
  for (const tenant of tenants)
    await gateway.publish(await writeBundle(options.folder, tenant), tenant.endpointId)
  const clients: Client[] = []
  const signInUsers: SignInUser[] = []
  for (const tenant of tenants) {
    clients.push(...(await withTokens(tenant, markers)))
    clients.push(await withKey(gateway, tenant, markers))
    const signedIn = await withPassword(gateway, tenant, markers)
    signInUsers.push(signedIn)
    clients.push(signedIn)
    clients.push(toClient({ tenant, markers, user: OPERATOR, userId: 'admin', token: ADMIN_TOKEN }))
  }
  const adminOf = ({ index }: { readonly index: number }) =>
    clients.find(({ owner }) => owner.tenant === index && owner.user === ADMIN)?.userId ?? ''
  const graphql = await createBelongings(gateway, { tenants, markers, adminOf })
  for (const client of clients) await prepareUploads(gateway, client, ids)
  const uploadsUntil = Date.now() + UPLOADS_MS
  return { ...options, tenants, clients, signInUsers, ids, graphql, ended: new Set(), uploadsUntil }
}

function createIds(): Ids {
  return {
    calls: createPool(),
    tasks: createPool(),
    cursors: createPool(),
    rounds: createPool(),
    sessions: createPool(),
    batchSessions: createPool(),
    sseIds: createPool(),
    questions: createPool(),
    eventIds: createPool(),
    tickets: createPool(),
    refreshTokens: createPool(),
    uploads: createPool(),
  }
}

function toTenant(index: number, markers: Markers): Tenant {
  const name = () => markers.mint({ tenant: index }, 'name')
  const secret = () => markers.mint({ tenant: index }, 'secret')
  return {
    index,
    endpointId: name(),
    secret: secret(),
    described: secret(),
    tool: `look_${name()}`,
    prompt: `brief_${name()}`,
    uri: `note://${name()}`,
    template: `note://${name()}/`,
  }
}

async function withTokens(tenant: Tenant, markers: Markers): Promise<Client[]> {
  const tokens = createLocalTokens(SIGNING_KEY)
  const expiresAt = Date.now() + HOURS_MS
  const { endpointId } = tenant
  return Promise.all(
    USERS.map(async ({ role, name }, user) => {
      const userId = name ?? toName(tenant, user, markers)
      const token = await tokens.sign({ userId, endpointId, roles: [role], expiresAt })
      return toClient({ tenant, markers, user, userId, token })
    }),
  )
}

async function withKey(gateway: TestGateway, tenant: Tenant, markers: Markers): Promise<Client> {
  const user = USERS.length
  const userId = toName(tenant, user, markers)
  const { endpointId: home } = tenant
  const { key, text } = await gateway.parts.keys.create(
    { userId: 'test', roles: ['admin'] },
    { home, name: toName(tenant, user, markers), userId, roles: ['caller'], days: 1 },
  )
  markers.claim(key.keyId, { tenant: tenant.index, user })
  return toClient({ tenant, markers, user, userId, token: text })
}

async function withPassword(
  { parts }: TestGateway,
  tenant: Tenant,
  markers: Markers,
): Promise<SignInUser> {
  const user = USERS.length + 1
  const username = toName(tenant, user, markers)
  const password = markers.mint({ tenant: tenant.index, user }, 'secret')
  const { endpointId: home } = tenant
  await parts.userChanges.add({ home, username, by: 'test' }, { password, roles: ['caller'] })
  const tokens = createLocalTokens(SIGNING_KEY)
  const expiresAt = Date.now() + HOURS_MS
  const subject = { userId: username, endpointId: home, roles: ['caller'] as const, expiresAt }
  const token = await tokens.sign(subject)
  return { ...toClient({ tenant, markers, user, userId: username, token }), password }
}

interface NewClient {
  readonly tenant: Tenant
  readonly markers: Markers
  readonly user: number
  readonly userId: string
  readonly token: string
}

function toClient({ tenant, markers, user, userId, token }: NewClient): Client {
  const owner = { tenant: tenant.index, user }
  return { owner, tenant, userId, token, note: markers.mint(owner, 'secret') }
}

function toName({ index: tenant }: Tenant, user: number, markers: Markers): string {
  return markers.mint({ tenant, user }, 'name')
}

/** Announced, and not yet sent. */
async function prepareUploads(
  { parts }: TestGateway,
  { owner, tenant, userId }: Client,
  ids: Ids,
): Promise<void> {
  if (owner.user !== USERS.length - 1 && owner.user !== USERS.length - 2) return
  const sha256 = createHash('sha256').update(UPLOAD).digest('hex')
  for (let n = 0; n < UPLOADS; n++) {
    const content = { bytes: UPLOAD.length, sha256 }
    const { uploadId } = await parts.publishing.prepareUpload(tenant.endpointId, userId, content)
    ids.uploads.keep(owner, uploadId)
  }
}

/** The choices of one request: whatever came before it, they are the same. */
export function choicesOf({ seed }: World, index: number) {
  return createSeeded(Math.imul(seed, 0x9e3779b1) + index * 7919)
}
