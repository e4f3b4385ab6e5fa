/** The manifest of a bundle that is defined in code: told by that code, in the sandbox. */
import { z } from 'zod'
import { bundleInvalid, bundleProblems, type OpenBundle, withUnpacked } from '../bundles/bundles.js'
import { BUNDLE_CLASS, BUNDLE_MODULE, MANIFEST_METHOD } from '../author/bundle-class.js'
import { GatewayError } from '../domain/errors.js'
import { type Executor, FunctionError, type FunctionJob } from '../runtime/runtime.js'
import type { BundleFiles } from '../bundles/zip-files.js'

/** For loading the code and asking it, in milliseconds. */
const TIMEOUT_MS = 10_000

/**
 * @param files the built code
 * @returns the manifest as JSON, not yet checked
 * @throws GatewayError `BUNDLE_INVALID` with what the code threw, or what it exports instead
 */
export async function deriveManifest(
  files: BundleFiles,
  executor: Pick<Executor, 'run'>,
): Promise<string> {
  const entries = [...files].map(([path, body]) => ({ path, body }))
  return withUnpacked(entries, async (bundle) => {
    const outcome = await executor.run(toJob(bundle)).catch((error: unknown) => {
      throw isItsFault(error) ? bundleInvalid(error.message, error) : error
    })
    return readManifestOf(outcome.kind === 'completed' ? outcome.result : undefined)
  })
}

const ITS_FAULTS: ReadonlySet<string> = new Set([
  'FUNCTION_FAILED',
  'CALL_TIMED_OUT',
  'CPU_EXCEEDED',
])

/** What it threw, and what its instance died of. */
function isItsFault(error: unknown): error is Error {
  if (error instanceof FunctionError) return true
  return error instanceof GatewayError && ITS_FAULTS.has(error.code)
}

const ignore = () => undefined

function toJob(bundle: OpenBundle): FunctionJob {
  return {
    callId: 'manifest',
    userId: 'manifest',
    bundle,
    target: {
      bundle: bundle.ref,
      moduleName: BUNDLE_MODULE,
      className: BUNDLE_CLASS,
      functionName: MANIFEST_METHOD,
      setting: {},
    },
    // A resource's text arrives as it was returned.
    mcpType: 'resource',
    input: { uri: 'manifest:', params: {} },
    deadline: Date.now() + TIMEOUT_MS,
    signal: new AbortController().signal,
    onProgress: ignore,
    onLog: ignore,
    onResourceUpdated: ignore,
    onListChanged: ignore,
    onCloseStream: ignore,
  }
}

/** Written by the code itself, so it may be anything. */
const Told = z.object({
  contents: z.tuple([
    z.object({
      text: z.string().transform((text): unknown => JSON.parse(text)),
    }),
  ]),
})

const Answer = z.union([
  z.object({ problems: z.array(z.string()).min(1) }),
  z.object({ manifest: z.looseObject({}) }),
])

function readManifestOf(result: unknown): string {
  const answer = Answer.parse(Told.parse(result).contents[0].text)
  if ('manifest' in answer) return `${JSON.stringify(answer.manifest, undefined, 2)}\n`
  throw bundleProblems('the bundle is not what defineBundle takes', answer.problems)
}
