/** Another manifest before the code of a package's active version. */
import {
  type ArchiveLimits,
  bundleProblems,
  type Bundles,
  readArchive,
} from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import { zipFiles } from '../bundles/zip-files.js'
import type { Catalog } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import { isDeeperThan, isJsonObject } from '../domain/json.js'
import type { EndpointId } from '../domain/tenant.js'
import type { PublishRequest } from './publishing.js'
import { findPackage } from './versions.js'

export interface ManifestRequest {
  readonly endpointId: EndpointId
  readonly packageName: string
  /** What `mcp_configuration.json` is to be; JSON. */
  readonly manifest: unknown
  /** Fill `${VAR}` in its settings. */
  readonly variables: Readonly<Record<string, string>>
  /** Who does it, for the audit. */
  readonly actor: string
}

interface ManifestParts {
  readonly bundles: Pick<Bundles, 'read'>
  readonly catalog: Pick<Catalog, 'packages'>
  readonly limits: ArchiveLimits
}

/** As in manifests that come as text. */
const MAX_DEPTH = 100

/** The same for the same code and manifest, byte for byte. */
export async function toVersion(
  parts: ManifestParts,
  { manifest, ...request }: ManifestRequest,
): Promise<PublishRequest> {
  const { endpointId, packageName, variables, actor } = request
  const state = await findPackage(parts, request)
  if (state === undefined)
    throw new GatewayError(
      'PACKAGE_NOT_FOUND',
      `There is no package "${packageName}" at endpoint "${endpointId}"`,
    )
  const text = toText(manifest, packageName)
  const { bundles, limits } = parts
  const zip = await bundles.read({ endpointId, packageName, sha256: state.activeSha256 })
  const entries = await readArchive(zip, limits)
  const files = new Map(entries.map(({ path, body }) => [path, body]))
  files.set(MANIFEST_FILE, Buffer.from(text))
  const version = zipFiles(files, { limits, name: `package "${packageName}"` })
  return { endpointId, zip: version, variables, actor, revision: state.revision }
}

function toText(manifest: unknown, packageName: string): string {
  if (isDeeperThan(MAX_DEPTH, manifest))
    throw bundleProblems(`${MANIFEST_FILE} has 1 problem`, [
      `the manifest: is nested deeper than ${MAX_DEPTH} levels`,
    ])
  const other = otherPackage(manifest, packageName)
  if (other === undefined) return `${JSON.stringify(manifest, null, 2)}\n`
  throw bundleProblems(`${MANIFEST_FILE} has 1 problem`, [
    `modules[0].package_name: is "${other}", and the code is that of "${packageName}"`,
  ])
}

/** Whatever else is wrong with it is told when it is checked. */
function otherPackage(manifest: unknown, packageName: string): string | undefined {
  const modules = isJsonObject(manifest) ? manifest['modules'] : undefined
  const [first]: readonly unknown[] = Array.isArray(modules) ? modules : []
  const name = isJsonObject(first) ? first['package_name'] : undefined
  return typeof name === 'string' && name !== packageName ? name : undefined
}
