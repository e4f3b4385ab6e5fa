import { describe, expect, it } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { deleteObject } from '../../src/aws/objects.js'
import { bundleDefinitionsKey } from '../../src/aws/table-keys.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import {
  gateways,
  type Manager,
  managerOf,
  mutate,
  publishNotes,
  shown,
  useManagement,
} from '../support/management.js'
import { NOTHING, publish, seen } from './bundle-steps.js'

useManagement()

const remove = (manager: Manager, input: object) =>
  mutate<{ deletedSha256: string | null }>(
    manager.onFirst,
    'deleteBundleVersion',
    input,
    'deletedSha256',
  )

/** A package with so many versions. @returns their hashes, the active one first */
async function withVersions(count: number) {
  const admin = await managerOf()
  const hashes: string[] = []
  for (let version = 0; version < count; version++) {
    const { ref } = await publishNotes(admin.endpointId, { version: `v${version}` })
    hashes.unshift(ref.sha256)
  }
  return { admin, hashes }
}

describe('a version', () => {
  it('is promoted again on each gateway, and rolled back', async () => {
    const { admin, hashes } = await withVersions(3)
    const [third = '', second = '', first = ''] = hashes
    expect(await seen(admin)).toMatchObject({ active: third, all: [third, second, first] })
    const promotion = { packageName: 'notes', sha256: first }
    const promoted = await publish(admin, 'promoteBundle', promotion)
    expect(promoted).toMatchObject({
      version: { sha256: first, isActive: true },
      isChanged: true,
      userErrors: [],
    })
    expect(await seen(admin)).toMatchObject({ active: first, all: [first, third, second] })
    expect(await publish(admin, 'promoteBundle', promotion)).toMatchObject({ isChanged: false })
    const back = await publish(admin, 'rollbackBundle', { packageName: 'notes' })
    expect(back).toMatchObject({ version: { sha256: third }, isChanged: true, userErrors: [] })
    expect(await seen(admin)).toMatchObject({ active: third, all: [third, first, second] })
  })

  it('is rolled back once under a key, though twice is there and back again', async () => {
    const { admin, hashes } = await withVersions(2)
    const input = { packageName: 'notes', idempotencyKey: 'back' }
    const done = await publish(admin, 'rollbackBundle', input)
    expect(done).toMatchObject({ version: { sha256: hashes[1] }, isChanged: true })
    expect(await publish(admin, 'rollbackBundle', input)).toEqual(done)
    expect((await seen(admin)).active).toBe(hashes[1])
    const other = { ...input, packageName: 'other' }
    expect((await publish(admin, 'rollbackBundle', other)).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] },
    ])
  })

  it('stays active where its package was changed since it was read', async () => {
    const { admin, hashes } = await withVersions(2)
    const { updatedAt: ifUpdatedAt } = await seen(admin)
    const { ref } = await publishNotes(admin.endpointId, { version: 'since' })
    const packageName = 'notes'
    for (const [name, input] of [
      ['promoteBundle', { packageName, sha256: hashes[1], ifUpdatedAt }],
      ['rollbackBundle', { packageName, ifUpdatedAt }],
    ] as const)
      expect(await publish(admin, name, input)).toMatchObject({
        ...NOTHING,
        userErrors: [{ code: 'CONFLICT' }],
      })
    expect((await seen(admin)).active).toBe(ref.sha256)
    const now = (await seen(admin)).updatedAt
    const taken = { packageName, sha256: hashes[1], ifUpdatedAt: now }
    expect(await publish(admin, 'promoteBundle', taken)).toMatchObject({ isChanged: true })
  })

  it('is forgotten for good, unless it is active', async () => {
    const { admin, hashes } = await withVersions(2)
    const [active = '', old = ''] = hashes
    const packageName = 'notes'
    expect(await remove(admin, { packageName, sha256: active })).toMatchObject({
      deletedSha256: null,
      userErrors: [{ code: 'CONFLICT' }],
    })
    expect(await remove(admin, { packageName, sha256: old })).toEqual({
      deletedSha256: old,
      userErrors: [],
    })
    expect((await seen(admin)).all).toEqual([active])
    const gone = await publish(admin, 'promoteBundle', { packageName, sha256: old })
    expect(gone.userErrors).toMatchObject([{ code: 'BUNDLE_UNAVAILABLE' }])
    const again = await remove(admin, { packageName, sha256: old })
    expect(again.userErrors).toMatchObject([{ code: 'BUNDLE_UNAVAILABLE' }])
  })

  it('that the store lost is listed all the same, without what it declares', async () => {
    const { admin, hashes } = await withVersions(2)
    const ref = { endpointId: admin.endpointId, packageName: 'notes', sha256: hashes[1] ?? '' }
    const client = connectLocalAws({
      dataFolder: gateways().first.dataFolder,
      spawnEngine: () => {},
    })
    const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
    await deleteObject(aws, bundleDefinitionsKey(ref))
    aws.close()
    const query = `{ endpoint { bundleVersions { nodes { sha256 functionCounts { tools } } } } }`
    expect(await shown(admin.onSecond, query)).toEqual({
      endpoint: {
        bundleVersions: {
          nodes: [
            { sha256: hashes[0], functionCounts: { tools: 4 } },
            { sha256: hashes[1], functionCounts: null },
          ],
        },
      },
    })
  })

  it.each([
    ['promoteBundle', 'sha256'],
    ['deleteBundleVersion', 'sha256'],
  ])('is named by its whole hash: %s', async (name, field) => {
    const admin = await managerOf()
    const input = { packageName: 'notes', sha256: 'abcdef12' }
    const { userErrors } = await mutate(admin.onFirst, name, input)
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: ['input', field] }])
  })

  it('is not found at another endpoint, or of a package that is not there', async () => {
    const { hashes } = await withVersions(1)
    const stranger = await managerOf()
    const named = { packageName: 'notes', sha256: hashes[0] }
    const promoted = await publish(stranger, 'promoteBundle', named)
    expect(promoted.userErrors).toMatchObject([{ code: 'BUNDLE_UNAVAILABLE' }])
    const back = await publish(stranger, 'rollbackBundle', { packageName: 'notes' })
    expect(back.userErrors).toMatchObject([{ code: 'BUNDLE_UNAVAILABLE' }])
    expect((await remove(stranger, named)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }])
  })
})

describe('the list of versions', () => {
  interface Page {
    readonly totalCount: number
    readonly nodes: readonly { readonly id: string; readonly sha256: string }[]
    readonly pageInfo: {
      readonly hasNextPage: boolean
      readonly hasPreviousPage: boolean
      readonly startCursor: string
      readonly endCursor: string
    }
  }

  const list = async ({ onSecond }: Manager, args = '') => {
    const query = `{ endpoint { bundleVersions${args} { totalCount nodes { id sha256 }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
    const data = await shown<{ endpoint: { bundleVersions: Page } }>(onSecond, query)
    const { nodes, ...page } = data.endpoint.bundleVersions
    return { ...page, nodes, hashes: nodes.map(({ sha256 }) => sha256) }
  }

  it('goes by package, the version that was active last first, and shows each by its id', async () => {
    const { admin, hashes } = await withVersions(2)
    const more = await publishNotes(admin.endpointId, { packageName: 'more', tools: ['other'] })
    const all = await list(admin)
    expect(all).toMatchObject({ totalCount: 3, hashes: [more.ref.sha256, ...hashes] })
    expect(await list(admin, '(packageName: "notes")')).toMatchObject({ totalCount: 2, hashes })
    const query = 'query ($id: ID!) { node(id: $id) { ... on BundleVersion { sha256 isActive } } }'
    expect(await shown(admin.onFirst, query, { id: all.nodes[2]?.id })).toEqual({
      node: { sha256: hashes[1], isActive: false },
    })
  })

  it('is gone through from either end while versions come and go, nothing twice', async () => {
    const { admin, hashes } = await withVersions(4)
    const first = await list(admin, '(first: 2)')
    expect(first).toMatchObject({ hashes: hashes.slice(0, 2), pageInfo: { hasNextPage: true } })
    const { ref } = await publishNotes(admin.endpointId, { version: 'meanwhile' })
    // The place itself goes.
    await remove(admin, { packageName: 'notes', sha256: hashes[1] })
    const next = await list(admin, `(first: 2, after: "${first.pageInfo.endCursor}")`)
    expect(next).toMatchObject({ hashes: hashes.slice(2), pageInfo: { hasNextPage: false } })
    const back = await list(admin, `(last: 9, before: "${next.pageInfo.startCursor}")`)
    expect(back).toMatchObject({
      hashes: [ref.sha256, hashes[0]],
      pageInfo: { hasPreviousPage: false },
    })
  })
})
