/** Versions of packages: how they come, go back and go. */
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Published } from '../publishing/publishing.js'
import type { ManagementContext } from './context.js'
import { countByType } from './function-counts.js'
import { toGlobalId } from './global-id.js'
import { guardedBy } from './guarded-by.js'
import { invalid, isGiven } from './input.js'
import type { NodeKind } from './node-kind.js'
import { findPackage, offeredAt, packageOf } from './offered.js'
import type { LoadConfigurationInput, Resolvers, VariableInput } from './schema-types.js'
import type { BundleVersionSource } from './sources.js'
import { versionPage, versionsOf } from './version-page.js'

export const bundleVersionNode: NodeKind<BundleVersionSource> = {
  right: 'publish',
  idOf: ({ endpointId, packageName, sha256 }) =>
    toGlobalId('BundleVersion', endpointId, packageName, sha256),
  read: async (context, endpointId, [packageName = '', wanted = '']) => {
    const found = await findPackage(context, endpointId, packageName)
    if (found === null) return null
    return versionsOf(found).find(({ sha256 }) => sha256 === wanted) ?? null
  },
}

export const bundleVersionResolvers: Resolvers = {
  Endpoint: {
    bundleVersions: async ({ endpointId }, { packageName = null, ...args }, context) => {
      const { packages } = await offeredAt(context, endpointId)
      const versions = [...packages.values()].flatMap(versionsOf)
      const wanted = versions.filter(
        (version) => packageName === null || version.packageName === packageName,
      )
      return versionPage(wanted, args, [endpointId, packageName])
    },
  },

  BundleVersion: {
    id: bundleVersionNode.idOf,
    sha256: ({ sha256 }) => sha256,
    package: ({ endpointId, packageName }, _args, context) =>
      packageOf(context, endpointId, packageName),
    isActive: async ({ endpointId, packageName, sha256 }, _args, context) => {
      const found = await findPackage(context, endpointId, packageName)
      return found?.state.activeSha256 === sha256
    },
    functionCounts: async ({ endpointId, packageName, sha256 }, _args, { loaders }) => {
      const definitions = await unlessUnavailable(
        loaders.definitions({ endpointId, packageName, sha256 }),
      )
      return definitions && { ...countByType(definitions.functions), disabled: 0 }
    },
  },

  Mutation: {
    createBundleUpload: async (_source, { input }, context) => {
      const { endpointId, userId: actor } = context.at(input.endpointId)
      const content = { bytes: readSize(input.sizeBytes), sha256: input.sha256 }
      const { publishing, audit } = context.parts
      const prepared = await publishing.prepareUpload(endpointId, actor, content)
      const { uploadId, expiresAt, target } = prepared
      // Not by its id: with that, its owner sends it.
      audit.note({
        endpointId,
        actor,
        action: 'upload.created',
        target: content.sha256,
        address: context.address,
        after: { sizeBytes: content.bytes, expiresAt: new Date(expiresAt).toISOString() },
      })
      const headers = Object.entries(target.headers).map(([name, value]) => ({ name, value }))
      const { method, url } = target
      return { uploadId, target: { method, url, headers, expiresAt }, userErrors: [] }
    },
    processBundle: (_source, { input }, context) => {
      const { uploadId } = input
      const by = publishedBy(context, input)
      return toPayload(context.parts.publishing.processUpload({ ...by, uploadId }))
    },
    loadConfiguration: (_source, { input }, context) => toPayload(load(context, input)),
    promoteBundle: async (_source, { input }, context) => {
      const { packageName } = input
      const version = readSha256(input.sha256)
      const name = { ...guardedBy(context, input), packageName, version }
      return toPayload(context.parts.publishing.promote(name))
    },
    rollbackBundle: (_source, { input }, context) => {
      const { packageName } = input
      const name = { ...guardedBy(context, input), packageName }
      return toPayload(context.parts.publishing.rollback(name))
    },
    deleteBundleVersion: async (_source, { input }, context) => {
      const { packageName } = input
      const sha256 = readSha256(input.sha256)
      const { endpointId, userId: actor } = context.at(input.endpointId)
      await context.parts.publishing.removeVersion({ endpointId, packageName, sha256, actor })
      return { deletedSha256: sha256, userErrors: [] }
    },
  },
}

/** @returns null where the store has it no longer, or other bytes in its place */
async function unlessUnavailable<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'BUNDLE_UNAVAILABLE') return null
    throw error
  }
}

function readSize(sizeBytes: bigint): number {
  // The library also gives numbers, where they are small enough.
  const bytes = Number(sizeBytes)
  if (Number.isSafeInteger(bytes) && bytes >= 1) return bytes
  throw invalid('sizeBytes: must be a whole number, 1 or more')
}

function readSha256(sha256: string): string {
  if (/^[0-9a-f]{64}$/.test(sha256)) return sha256
  throw invalid('sha256: must be 64 lower-case hex digits')
}

interface PublishInput {
  readonly endpointId?: string | null | undefined
  readonly variables?: readonly VariableInput[] | null | undefined
}

interface PublishedBy {
  readonly endpointId: EndpointId
  readonly actor: string
  readonly variables: Readonly<Record<string, string>>
}

function publishedBy(context: ManagementContext, input: PublishInput): PublishedBy {
  const { endpointId, userId: actor } = context.at(input.endpointId)
  const variables = (input.variables ?? []).map(({ name, value }) => [name, value] as const)
  return { endpointId, actor, variables: Object.fromEntries(variables) }
}

/** @throws GatewayError `INVALID_PARAMS` for both, or neither, of a ZIP and a manifest */
async function load(context: ManagementContext, input: LoadConfigurationInput): Promise<Published> {
  const { zip, packageName, manifest } = input
  const by = publishedBy(context, input)
  const { publishing } = context.parts
  if (isGiven(zip)) {
    if (isGiven(packageName) || isGiven(manifest))
      throw invalid('zip: give either zip, or packageName and manifest')
    return publishing.publishInline({ ...by, base64: zip })
  }
  if (!isGiven(packageName)) throw invalid('packageName: is needed, where there is no zip')
  if (!isGiven(manifest)) throw invalid('manifest: is needed, where there is no zip')
  return publishing.publishManifest({ ...by, packageName, manifest })
}

async function toPayload(publishing: Promise<Published>) {
  const { ref, outcome, warnings } = await publishing
  return {
    version: ref,
    isChanged: outcome === 'activated',
    warnings: [...warnings],
    userErrors: [],
  }
}
