/** Which version of a package is meant, and how an earlier one becomes active again. */
import type { Bundles } from '../bundles/bundles.js'
import type { CatalogAdministration } from '../catalog/administration.js'
import type { Catalog, PackageState, Promoted } from '../catalog/catalog.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'

export interface PackageName {
  readonly endpointId: EndpointId
  readonly packageName: string
  /** Who does it, for the audit. */
  readonly actor: string
  /** The package has to be as it was seen: its `activatedAt` then. */
  readonly ifUpdatedAt?: string | undefined
}

export interface VersionName extends PackageName {
  /** SHA-256, or 8 or more of its first characters. */
  readonly version: string
}

export interface VersionsParts {
  readonly bundles: Pick<Bundles, 'verify'>
  readonly catalog: Pick<Catalog, 'packages' | 'promote'>
}

export interface PromotedVersion extends Promoted {
  readonly ref: BundleRef
}

const ABBREVIATED = /^[0-9a-f]{8,64}$/

/** @see Publishing.promote */
export async function promote(parts: VersionsParts, name: VersionName): Promise<PromotedVersion> {
  const sha256 = findVersion(await findPackage(parts, name), name)
  return promoteStored(parts, name, { sha256 })
}

/** @see Publishing.rollback */
export async function rollback(parts: VersionsParts, name: PackageName): Promise<PromotedVersion> {
  const state = await findPackage(parts, name)
  const [sha256] = state?.previousSha256 ?? []
  if (state === undefined || sha256 === undefined)
    throw new GatewayError(
      'BUNDLE_UNAVAILABLE',
      `Package "${name.packageName}" has no earlier version at endpoint "${name.endpointId}"`,
    )
  return promoteStored(parts, name, { sha256, revision: state.revision })
}

/** A version, and who removes it. */
export interface VersionToRemove extends Omit<PackageName, 'ifUpdatedAt'> {
  /** All 64 characters. */
  readonly sha256: string
}

export interface RemovalParts {
  readonly bundles: Pick<Bundles, 'remove'>
  readonly catalog: Pick<Catalog, 'packages'>
  readonly administration: Pick<CatalogAdministration, 'removeVersion'>
  readonly log: Log
}

/**
 * When its package has forgotten it, it is gone whatever the store does: asked again, it would be refused.
 *
 * @see Publishing.removeVersion
 */
export async function removeVersion(
  { bundles, catalog, administration, log }: RemovalParts,
  { endpointId, packageName, sha256, actor }: VersionToRemove,
): Promise<void> {
  const ref = { endpointId, packageName, sha256 }
  await administration.removeVersion({ ref, actor })
  const isNeeded = async () => {
    const state = await findPackage({ catalog }, ref)
    return state !== undefined && [state.activeSha256, ...state.previousSha256].includes(sha256)
  }
  try {
    await bundles.remove(ref, isNeeded)
  } catch (err) {
    log.warn({ err, ...ref, actor }, 'the ZIP of a version could not be removed from the store')
  }
}

interface Wanted {
  readonly sha256: string
  readonly revision?: number
}

/** Its bytes are looked at in the store: what is unpacked here may be gone or changed there. */
async function promoteStored(
  { bundles, catalog }: VersionsParts,
  { endpointId, packageName, actor, ifUpdatedAt }: PackageName,
  { sha256, revision }: Wanted,
): Promise<PromotedVersion> {
  const ref = { endpointId, packageName, sha256 }
  await bundles.verify(ref)
  return { ref, ...(await catalog.promote({ ref, actor, revision, ifUpdatedAt })) }
}

export async function findPackage(
  { catalog }: { readonly catalog: Pick<Catalog, 'packages'> },
  { endpointId, packageName }: Pick<PackageName, 'endpointId' | 'packageName'>,
): Promise<PackageState | undefined> {
  const packages = await catalog.packages(endpointId)
  return packages.find((state) => state.packageName === packageName)
}

/** A version of another package or endpoint is as unknown as one that never was. */
function findVersion(
  state: PackageState | undefined,
  { version, packageName, endpointId }: VersionName,
): string {
  if (!ABBREVIATED.test(version))
    throw new GatewayError(
      'INVALID_PARAMS',
      `"${version.slice(0, 100)}" names no version: give its SHA-256, or 8 or more of its first characters`,
    )
  const known = state ? [state.activeSha256, ...state.previousSha256] : []
  const [found, another] = known.filter((sha256) => sha256.startsWith(version))
  if (found === undefined)
    throw new GatewayError(
      'BUNDLE_UNAVAILABLE',
      `Version ${version} of package "${packageName}" is not known at endpoint "${endpointId}"`,
    )
  if (another !== undefined)
    throw new GatewayError(
      'INVALID_PARAMS',
      `Several versions of package "${packageName}" begin with ${version}: give more characters`,
    )
  return found
}
