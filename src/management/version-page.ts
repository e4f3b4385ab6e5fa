/** Versions of packages, the one that was active last first. */
import type { EndpointId } from '../domain/tenant.js'
import { keyIn, type PageArguments, pageOf, toCursor } from './connection.js'
import type {
  BundleVersionConnectionSource,
  BundleVersionSource,
  PackageSource,
} from './sources.js'

/** A version with its place among those of its package. */
export interface PlacedVersion extends BundleVersionSource {
  readonly key: string
}

/** More than a package remembers. */
const PLACES = 1000

/** The active one first. */
export function versionsOf({ endpointId, state }: PackageSource): readonly PlacedVersion[] {
  const { packageName, activeSha256, previousSha256 } = state
  const all = [activeSha256, ...previousSha256]
  // Counted from the oldest: a new version leaves the others where they are.
  return all.map((sha256, index) => ({
    endpointId,
    packageName,
    sha256,
    key: [packageName, PLACES - all.length + index, sha256].join('\u0000'),
  }))
}

/**
 * A cursor names a version: the page goes on from where that is now.
 *
 * @param of whose versions they are: an endpoint, or one of its packages
 * @throws GatewayError `INVALID_PARAMS`, `CURSOR_INVALID`
 */
export function versionPage(
  versions: readonly PlacedVersion[],
  { after, before, ...args }: PageArguments,
  of: readonly [EndpointId, string | null],
): BundleVersionConnectionSource {
  const scope = ['bundleVersions', ...of]
  const place = (cursor: string | null | undefined) =>
    cursor && toCursor(placeOf(versions, keyIn(cursor, scope)), scope)
  const placed = { ...args, after: place(after), before: place(before) }
  return pageOf(versions, placed, { keyOf: ({ key }) => key, scope })
}

function placeOf(versions: readonly PlacedVersion[], key: string): string {
  const [packageName, , sha256] = key.split('\u0000')
  const isMeant = (version: PlacedVersion) =>
    version.packageName === packageName && version.sha256 === sha256
  return versions.find(isMeant)?.key ?? key
}
