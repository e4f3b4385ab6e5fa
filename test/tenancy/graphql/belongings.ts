/** What the management API shows and changes of each tenant: known by name or id, by whose it is. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { TestGateway } from '../../support/gateway.js'
import { createPool, type Pool } from '../ids.js'
import type { Markers, Owner } from '../markers.js'
import { EMPTY_CLASSES, SEALED, type Spare, spareZip } from './spare-bundle.js'

/** What can be named, as the schema calls it: `keyId`, `username`, `cursor of Endpoint.users`. */
export interface Belongings {
  /** Whatever is known of a tenant. */
  known(kind: string): Pool<string>
  /** Of these its admins may do whatever they like. */
  expendable(kind: string): Pool<string>
  readonly spares: readonly Spare[]
  /** Shown to nobody, its tenant's admins neither. */
  readonly sealed: string
  /** Fields of the schema that were asked for, and how often. */
  readonly drawn: Map<string, number>
  /** Events of subscriptions, by field. */
  readonly heard: Map<string, number>
}

export interface BelongingTenant {
  readonly index: number
  readonly endpointId: string
}

/** Whose a tenant's things are that none of its users has for himself. */
const ofTenant = ({ index }: Pick<BelongingTenant, 'index'>): Owner => ({ tenant: index })

/** No tenant has this index. */
const NO_TENANT = 25
const VERSIONS = 2
const SCRAPS = 3
/** Users, as the world has made them. */
export const READER = 2
export const PUBLISHER = 3
export const ADMIN = 4

export interface BelongingsOptions {
  readonly tenants: readonly BelongingTenant[]
  readonly markers: Markers
  /** The name of each tenant's admin. */
  readonly adminOf: (tenant: BelongingTenant) => string
}

export async function createBelongings(
  gateway: TestGateway,
  { tenants, markers, adminOf }: BelongingsOptions,
): Promise<Belongings> {
  const spares = tenants.map((tenant) => toSpare(ofTenant(tenant), markers, 'spare'))
  const belongings: Belongings = {
    known: createPools(),
    expendable: createPools(),
    spares,
    sealed: markers.mint({ tenant: NO_TENANT }, 'secret'),
    drawn: new Map(),
    heard: new Map(),
  }
  for (const tenant of tenants) {
    const making = { gateway, markers, belongings, tenant, admin: adminOf(tenant) }
    await publishSpare(making)
    await uploadScraps(making)
    await addUsersAndKeys(making)
  }
  return belongings
}

function createPools(): (kind: string) => Pool<string> {
  const pools = new Map<string, Pool<string>>()
  return (kind) => {
    const pool = pools.get(kind) ?? createPool<string>()
    pools.set(kind, pool)
    return pool
  }
}

function toSpare(owner: Owner, markers: Markers, name: string): Spare {
  return {
    packageName: `${name}_${markers.mint(owner, 'name')}`,
    tool: `${name}_${markers.mint(owner, 'name')}`,
    described: markers.mint(owner, 'secret'),
    member: `member_${markers.mint(owner, 'name')}`,
    shown: markers.mint(owner, 'secret'),
    version: 0,
  }
}

interface Making {
  readonly gateway: TestGateway
  readonly markers: Markers
  readonly belongings: Belongings
  readonly tenant: BelongingTenant
  readonly admin: string
}

async function publishSpare({ gateway, markers, belongings, tenant, admin }: Making) {
  const owner = ofTenant(tenant)
  const spare = belongings.spares[tenant.index]
  if (spare === undefined) throw new Error('each tenant has a spare bundle')
  const { packageName, tool } = spare
  for (let version = 0; version < VERSIONS; version++) {
    const { ref } = await gateway.parts.publishing.publish({
      endpointId: tenant.endpointId,
      zip: spareZip({ ...spare, version }),
      variables: { [SEALED]: belongings.sealed },
      actor: admin,
    })
    markers.claim(ref.sha256, owner)
    belongings.known('sha256').keep(owner, ref.sha256)
    belongings.expendable('sha256').keep(owner, ref.sha256)
  }
  keepBoth(belongings, owner, 'packageName', packageName)
  keepBoth(belongings, owner, 'moduleName', packageName)
  keepBoth(belongings, owner, 'key', tool)
  for (const name of ['Spare', ...EMPTY_CLASSES])
    keepBoth(belongings, owner, 'settingId', `${packageName}/${packageName}/${name}`)
  for (const name of EMPTY_CLASSES)
    belongings.expendable('empty').keep(owner, `${packageName}/${packageName}/${name}`)
}

function keepBoth(belongings: Belongings, owner: Owner, kind: string, value: string): void {
  belongings.known(kind).keep(owner, value)
  belongings.expendable(kind).keep(owner, value)
}

/** Some are sent by their admin, and not yet processed; one is there. */
async function uploadScraps({ gateway, markers, belongings, tenant, admin }: Making) {
  const { publishing } = gateway.parts
  const owner = { ...ofTenant(tenant), user: ADMIN }
  const { endpointId } = tenant
  const there = toSpare(ofTenant(tenant), markers, 'scrap')
  const variables = { [SEALED]: belongings.sealed }
  await publishing.publish({ endpointId, zip: spareZip(there), variables, actor: admin })
  belongings.expendable('scrap').keep(ofTenant(tenant), there.packageName)
  for (let n = 0; n < SCRAPS; n++) {
    const zip = spareZip(toSpare(ofTenant(tenant), markers, 'scrap'))
    const sha256 = createHash('sha256').update(zip).digest('hex')
    const content = { bytes: zip.length, sha256 }
    const { uploadId } = await publishing.prepareUpload(endpointId, admin, content)
    const sent = { uploadId, body: Readable.from([zip]) }
    await publishing.receiveUpload({ endpointId, userId: admin }, sent)
    markers.claim(uploadId, owner)
    belongings.known('uploadId').keep(owner, uploadId)
    belongings.expendable('uploadId').keep(owner, uploadId)
  }
}

async function addUsersAndKeys({ gateway, markers, belongings, tenant, admin }: Making) {
  const owner = ofTenant(tenant)
  const { endpointId: home } = tenant
  const username = markers.mint(owner, 'name')
  const password = markers.mint(owner, 'secret')
  const { userChanges, keys } = gateway.parts
  await userChanges.add({ home, username, by: admin }, { password, roles: ['caller'] })
  keepBoth(belongings, owner, 'username', username)
  for (let n = 0; n < SCRAPS; n++)
    belongings.expendable('endpointId').keep(owner, markers.mint(owner, 'name'))
  const name = markers.mint(owner, 'name')
  const maker = { userId: admin, roles: ['admin'] as const }
  const { key } = await keys.create(maker, { home, name, roles: ['caller'], days: 1 })
  markers.claim(key.keyId, owner)
  keepBoth(belongings, owner, 'keyId', key.keyId)
}
