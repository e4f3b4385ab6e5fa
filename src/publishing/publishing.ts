/**
 * How does a ZIP become callable? checks → stored under its SHA-256 → trial load → activated.
 * The front door of the room. Until the last step, one conditional write, nothing that is active
 * changes; a step that fails leaves at most a stored version that nothing refers to.
 */
import {
  type ArchiveLimits,
  bundleProblems,
  type Bundles,
  type UploadArea,
  type UploadContent,
} from '../bundles/bundles.js'
import type { CatalogAdministration } from '../catalog/administration.js'
import {
  type Catalog,
  type PackageState,
  schemaProblems,
  templateProblems,
} from '../catalog/catalog.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { BundleDefinitions, McpType } from '../domain/capability.js'
import type { Clock } from '../domain/clock.js'
import type { StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import type { ManifestChecks } from '../manifest/manifest.js'
import type { Executor, MethodName } from '../runtime/runtime.js'
import type { Log } from '../telemetry/telemetry.js'
import type { BundleContents } from './contents.js'
import { decodeInline, type InlineRequest } from './inline-upload.js'
import type { ManifestRequest } from './manifest-version.js'
import { publishedRecordAt, toRecord } from './published-record.js'
import {
  createUploads,
  type IncomingUpload,
  type PreparedUpload,
  type UploadOwner,
} from './uploads.js'
import {
  type PackageName,
  promote,
  type PromotedVersion,
  removeVersion,
  rollback,
  type VersionName,
  type VersionToRemove,
} from './versions.js'

export interface Publishing {
  /**
   * Makes a bundle's functions callable at an endpoint, in place of the package's earlier version.
   *
   * @throws GatewayError `BUNDLE_INVALID` with all that is wrong at the step that failed, in
   * `data.problems` too; `CONFLICT` when it would take over another package's function
   */
  publish(request: PublishRequest): Promise<Published>

  /** As `publish`, of a ZIP of at most 4 MiB in base64. */
  publishInline(request: InlineRequest): Promise<Published>

  /**
   * Puts another manifest before the code of a package's active version: a version of its own, the
   * same for the same code and manifest.
   *
   * @throws GatewayError as `publish`; `PACKAGE_NOT_FOUND`; `BUNDLE_UNAVAILABLE` when the active
   * version is not in the store; `CONFLICT` also when another one became active meanwhile
   */
  publishManifest(request: ManifestRequest): Promise<Published>

  /**
   * Announces a ZIP. It is then sent to the target, once, within 15 minutes: in AWS to S3, else to
   * this gateway, as the same user.
   *
   * @throws GatewayError `BUNDLE_INVALID` when it is too large; `INVALID_PARAMS`; `BUSY` when the
   * user has 16 uploads open
   */
  prepareUpload(
    endpointId: EndpointId,
    actor: string,
    content: UploadContent,
  ): Promise<PreparedUpload>

  /**
   * Takes the bytes of an upload whose target is this gateway.
   *
   * @throws GatewayError `UPLOAD_NOT_FOUND` when this user has no such upload at this endpoint, or
   * it was sent already or is over; `BODY_TOO_LARGE`; `INVALID_REQUEST` when the bytes are not
   * those that were announced; `BUNDLE_UNAVAILABLE` when the store does not take them: then they
   * may be sent again
   */
  receiveUpload(owner: UploadOwner, incoming: IncomingUpload): Promise<void>

  /**
   * Publishes what was uploaded, and removes the upload. Asked again within a day it says what came
   * of it, and does nothing. An upload that is refused stays, for another try with other variables.
   *
   * @throws GatewayError as `publish`, and `UPLOAD_NOT_FOUND`
   */
  processUpload(request: UploadRequest): Promise<Published>

  /** Removes uploads that nobody came back for within a day. Never rejects. */
  sweepUploads(): Promise<void>

  /** The packages of an endpoint, with what each can go back to. */
  list(endpointId: EndpointId): Promise<PackageState[]>

  /**
   * Makes a version that the package had before the active one again, with the settings of today.
   *
   * @throws GatewayError `BUNDLE_UNAVAILABLE` when the package does not know it, or its bytes in
   * the store are not its own; `BUNDLE_INVALID` when one of its classes has no setting any more;
   * `CONFLICT` as `publish`, and when the package was changed since `ifUpdatedAt`
   */
  promote(name: VersionName): Promise<Published>

  /** Promotes the version that was active before this one; twice is there and back again. */
  rollback(name: PackageName): Promise<Published>

  /**
   * Makes a package forget a version that is not active, and removes its ZIP and definitions. What the
   * store does not remove is in the log: the version is known no more all the same.
   *
   * @throws GatewayError `PACKAGE_NOT_FOUND`; `BUNDLE_UNAVAILABLE` when the package does not know it;
   * `CONFLICT` when it is active, or the package was changed meanwhile
   */
  removeVersion(version: VersionToRemove): Promise<void>
}

export interface UploadRequest {
  readonly endpointId: EndpointId
  readonly uploadId: string
  /** Fill `${VAR}` in the settings of the manifest. */
  readonly variables: Readonly<Record<string, string>>
  /** Whose upload it is, and who publishes it. */
  readonly actor: string
}

export interface PublishRequest {
  readonly endpointId: EndpointId
  readonly zip: Buffer
  /** Fill `${VAR}` in the settings of the manifest. */
  readonly variables: Readonly<Record<string, string>>
  /** Who does it, for the audit. */
  readonly actor: string
  /** The package has to be as it was seen: its revision then. */
  readonly revision?: number | undefined
}

export interface Published {
  readonly ref: BundleRef
  /** `unchanged`: this version with these settings was active already. */
  readonly outcome: 'activated' | 'unchanged'
  readonly functions: FunctionCounts
  /** What works but may surprise, one sentence each. */
  readonly warnings: readonly string[]
}

export interface FunctionCounts {
  readonly tools: number
  readonly resources: number
  readonly resourceTemplates: number
  readonly prompts: number
}

export interface PublishingOptions {
  readonly bundles: Bundles
  readonly catalog: Pick<Catalog, 'activate' | 'packages' | 'promote'>
  readonly administration: Pick<CatalogAdministration, 'removeVersion'>
  readonly uploads: UploadArea
  readonly state: StateStore
  readonly executor: Pick<Executor, 'check'>
  readonly limits: ArchiveLimits
  readonly log: Log
  readonly clock: Clock
}

/** What only the catalog knows: which schemas it compiles and which templates it matches. */
const checks: ManifestChecks = { schemaProblems, templateProblems }

export function createPublishing(options: PublishingOptions): Publishing {
  const { bundles, catalog, limits, log } = options
  const uploads = createUploads({ ...options, area: options.uploads })
  const publish = (request: PublishRequest) => publishZip(options, request)
  const tell = (promoted: PromotedVersion, actor: string): Published => {
    const { ref, outcome } = promoted
    log.info({ ...ref, actor, outcome }, 'bundle promoted')
    return { ref, outcome, functions: countFunctions(promoted.definitions), warnings: [] }
  }
  return {
    publish,
    publishInline: async (request) => publish({ ...request, zip: decodeInline(request, limits) }),
    publishManifest: async (request) => {
      const { toVersion } = await import('./manifest-version.js')
      return publish(await toVersion({ bundles, catalog, limits }, request))
    },
    prepareUpload: (endpointId, actor, content) =>
      uploads.prepare({ endpointId, userId: actor }, content),
    receiveUpload: (owner, incoming) => uploads.receive(owner, incoming),
    processUpload: ({ uploadId, ...request }) =>
      uploads.process({ endpointId: request.endpointId, userId: request.actor }, uploadId, {
        publish: async (zip) => toRecord(await publish({ ...request, zip })),
        outcome: publishedRecordAt(request.endpointId),
      }),
    sweepUploads: () => uploads.sweep(),
    list: (endpointId) => catalog.packages(endpointId),
    promote: async (name) => tell(await promote({ bundles, catalog }, name), name.actor),
    rollback: async (name) => tell(await rollback({ bundles, catalog }, name), name.actor),
    removeVersion: async ({ endpointId, packageName, sha256, actor }) => {
      await removeVersion(options, { endpointId, packageName, sha256, actor })
      log.info({ endpointId, packageName, sha256, actor }, 'bundle version removed')
    },
  }
}

async function publishZip(
  { bundles, catalog, executor, limits, log }: PublishingOptions,
  { endpointId, zip, variables, actor, revision }: PublishRequest,
): Promise<Published> {
  // ZIP and schema libraries are imported when needed: a gateway starts without them.
  const { readContents } = await import('./contents.js')
  const contents = await readContents(zip, { limits, variables, checks })
  const { definitions, settings, secrets, warnings } = contents
  const ref = toRef(endpointId, contents)
  await bundles.store(ref, zip)
  await tryLoad({ bundles, executor }, ref, definitions)
  const version = { ref, definitions, settings, secrets, actor, revision }
  const outcome = await catalog.activate(version)
  // Whoever has made the package forget this version may have removed its ZIP since it was stored.
  if (!(await bundles.isStored(ref))) await bundles.store(ref, zip)
  const functions = countFunctions(definitions)
  log.info({ ...ref, actor, outcome, functions, warnings }, 'bundle published')
  return { ref, outcome, functions, warnings }
}

function toRef(endpointId: EndpointId, { definitions, sha256 }: BundleContents): BundleRef {
  return { endpointId, packageName: definitions.packageName, sha256 }
}

async function tryLoad(
  { bundles, executor }: Pick<PublishingOptions, 'bundles' | 'executor'>,
  ref: BundleRef,
  definitions: BundleDefinitions,
): Promise<void> {
  const problems = await executor.check(await bundles.open(ref), toMethods(definitions))
  if (problems.length > 0) throw bundleProblems('the trial load failed', problems)
}

/** Each method once, however many functions it answers for. */
function toMethods({ functions }: BundleDefinitions): MethodName[] {
  const methods = functions.flatMap(
    ({ moduleName, className, functionName, completionFunctionName }) =>
      [functionName, completionFunctionName].flatMap((name) =>
        name === undefined ? [] : [{ moduleName, className, functionName: name }],
      ),
  )
  return [...new Map(methods.map((method) => [JSON.stringify(method), method])).values()]
}

function countFunctions({ functions }: BundleDefinitions): FunctionCounts {
  const count = (type: McpType) => functions.filter(({ mcpType }) => mcpType === type).length
  return {
    tools: count('tool'),
    resources: count('resource'),
    resourceTemplates: count('resource_template'),
    prompts: count('prompt'),
  }
}
