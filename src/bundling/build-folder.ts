/** A folder whose code has to be bundled, as the files of its bundle. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BUNDLE_CLASS, BUNDLE_MODULE } from '../author/bundle-class.js'
import type { ArchiveLimits } from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import type { Executor } from '../runtime/runtime.js'
import { bundleCode, type CodeRequest } from './bundle-code.js'
import { deriveManifest } from './derive-manifest.js'
import { readFolderFiles } from './folder-archive.js'
import { CODE, type FolderPlan } from './folder-plan.js'
import type { BundleFiles } from '../bundles/zip-files.js'

export interface BuildOptions {
  readonly limits: ArchiveLimits
  /** Runs the code of `defineBundle` to learn its manifest. */
  readonly executor: Pick<Executor, 'run'>
  /** Folder of the compiled room `author`. */
  readonly author: URL
}

/** A folder, and which file in it is its manifest. */
export interface BundlePlace {
  /** A real path, so that what the bundler names begins with it. */
  readonly folder: string
  readonly manifestFile: string
}

export interface BuiltFolder {
  readonly files: BundleFiles
  /** Absolute paths of the code that was read. */
  readonly sources: readonly string[]
}

/** @throws GatewayError `BUNDLE_INVALID` */
export async function buildFolder(
  { folder, manifestFile }: BundlePlace,
  plan: FolderPlan,
  { limits, executor, author }: BuildOptions,
): Promise<BuiltFolder> {
  const code = await bundleCode({ folder, author, inputs: toInputs(plan, folder, author) })
  const others = await readFolderFiles(folder, { limits, manifestFile, leavesOut: isNoAsset })
  const files = new Map([...others, ...code.files])
  if (plan.kind === 'definition')
    files.set(MANIFEST_FILE, Buffer.from(await deriveManifest(code.files, executor)))
  return { files, sources: code.sources }
}

/** What the bundler begins with. */
export function toInputs(plan: FolderPlan, folder: string, author: URL): CodeRequest['inputs'] {
  if (plan.kind !== 'definition')
    return Object.fromEntries(plan.modules.map(({ source, output }) => [output, source]))
  const code = [
    `import * as module from ${JSON.stringify(join(folder, plan.entry))}`,
    `import { toBundleClass } from ${JSON.stringify(fileURLToPath(new URL('bundle-class.js', author)))}`,
    `export const ${BUNDLE_CLASS} = toBundleClass(module)`,
  ]
  return { [`${BUNDLE_MODULE}/index`]: { code: code.join('\n') } }
}

/** What tools of a developer keep beside the code, at the root of the folder. */
const TOOL_FILE =
  /^(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock|[jt]sconfig(?:\.[^/]+)?\.json|README\.md)$/

/** Code is in the built files, and so are packages; what else there is may be read when it runs. */
function isNoAsset(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name.startsWith('.') || name === 'node_modules') return true
  return CODE.test(name) || name.endsWith('.map') || TOOL_FILE.test(path)
}
