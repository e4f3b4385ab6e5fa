/**
 * How does a ZIP become callable? checks → stored under its SHA-256 → trial load → activated.
 * The front door of the room. Until the last step, one conditional write, nothing that is active
 * changes; a step that fails leaves at most a stored version that nothing refers to.
 */
import { type ArchiveLimits, bundleProblems, type Bundles } from '../bundles/bundles.js'
import { type Catalog, schemaProblems, templateProblems } from '../catalog/catalog.js'
import type { BundleRef } from '../domain/bundle-ref.js'
import type { BundleDefinitions, McpType } from '../domain/capability.js'
import type { Executor, MethodName } from '../runtime/runtime.js'
import type { Log } from '../telemetry/telemetry.js'
import type { BundleContents } from './contents.js'
import type { ManifestChecks } from './manifest-checks.js'

export { readBundleSource } from './bundle-source.js'

export interface Publishing {
  /**
   * Makes a bundle's functions callable at an endpoint, in place of the package's earlier version.
   *
   * @throws GatewayError `BUNDLE_INVALID` with all that is wrong at the step that failed, in
   * `data.problems` too; `CONFLICT` when it would take over another package's function
   */
  publish(request: PublishRequest): Promise<Published>
}

export interface PublishRequest {
  readonly endpointId: string
  readonly zip: Buffer
  /** Fill `${VAR}` in the settings of the manifest. */
  readonly variables: Readonly<Record<string, string>>
  /** Who does it, for the audit. */
  readonly actor: string
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
  readonly catalog: Pick<Catalog, 'activate'>
  readonly executor: Pick<Executor, 'check'>
  readonly limits: ArchiveLimits
  readonly log: Log
}

/** What only the catalog knows: which schemas it compiles and which templates it matches. */
const checks: ManifestChecks = { schemaProblems, templateProblems }

export function createPublishing(options: PublishingOptions): Publishing {
  const { bundles, catalog, executor, limits, log } = options
  return {
    async publish({ endpointId, zip, variables, actor }) {
      // ZIP and schema libraries are imported when needed: a gateway starts without them.
      const { readContents } = await import('./contents.js')
      const contents = await readContents(zip, { limits, variables, checks })
      const { definitions, settings, warnings } = contents
      const ref = toRef(endpointId, contents)
      await bundles.store(ref, zip)
      await tryLoad({ bundles, executor }, ref, definitions)
      const outcome = await catalog.activate({ ref, definitions, settings, actor })
      const functions = countFunctions(definitions)
      log.info({ ...ref, actor, outcome, functions, warnings }, 'bundle published')
      return { ref, outcome, functions, warnings }
    },
  }
}

function toRef(endpointId: string, { definitions, sha256 }: BundleContents): BundleRef {
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
