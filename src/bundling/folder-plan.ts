/** What has to be done to a folder before it is a bundle: nothing, or building it first. */
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { bundleInvalid } from '../bundles/bundles.js'
import { MANIFEST_FILE, moduleFileCandidates } from '../bundles/module-file.js'

/**
 * `as it is`: plain JavaScript that needs nothing. `modules`: a manifest beside code that has to be
 * bundled. `definition`: code that holds its manifest, in `defineBundle`.
 */
export type FolderPlan =
  | { readonly kind: 'as it is'; readonly modules: readonly ModuleSource[] }
  | { readonly kind: 'modules'; readonly modules: readonly ModuleSource[] }
  | { readonly kind: 'definition'; readonly entry: string }

/** A module of the manifest, where its code lies. */
export interface ModuleSource {
  /** Relative to the folder, with `/`. */
  readonly source: string
  /** The file that holds it once it is built, without its extension. */
  readonly output: string
}

/** Best first; the one that `main` of `package.json` names goes before them. */
const ENTRIES = ['index', 'src/index'].flatMap((base) =>
  ['ts', 'mts', 'js', 'mjs'].map((extension) => `${base}.${extension}`),
)

/** Code, whether JavaScript or TypeScript. */
export const CODE = /\.[cm]?[jt]sx?$/

/** @throws GatewayError `BUNDLE_INVALID` when nothing in the folder says what it offers */
export async function planFolder(
  folder: string,
  manifestFile: string = MANIFEST_FILE,
): Promise<FolderPlan> {
  const [manifest, packageFile] = await Promise.all([
    readJson(join(folder, manifestFile)),
    readJson(join(folder, 'package.json')),
  ])
  const { main, dependencies } = Package.parse(packageFile.json)
  if (!manifest.isThere) return { kind: 'definition', entry: await findEntry(folder, main) }
  const modules = await findSources(folder, Outline.parse(manifest.json).modules)
  const isPlain = modules.every(({ source }) => !/\.[cm]?tsx?$/.test(source))
  const needsNothing = isPlain && Object.keys(dependencies).length === 0
  return { kind: needsNothing || modules.length === 0 ? 'as it is' : 'modules', modules }
}

/** Whatever else is wrong in them is said by whoever reads them in full. */
const Package = z
  .object({
    main: z.string().optional().catch(undefined),
    dependencies: z.record(z.string(), z.unknown()).catch({}),
  })
  .catch({ main: undefined, dependencies: {} })

const ModuleNames = z.object({ package_name: z.string(), module_name: z.string() })

const Outline = z
  .object({ modules: z.array(ModuleNames.or(z.unknown().transform(() => undefined))) })
  .catch({ modules: [] })

interface FoundJson {
  readonly isThere: boolean
  /** Undefined when it is not there or is no JSON. */
  readonly json: unknown
}

async function readJson(path: string): Promise<FoundJson> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { isThere: false, json: undefined }
  try {
    return { isThere: true, json: JSON.parse(text) }
  } catch {
    return { isThere: true, json: undefined }
  }
}

async function findEntry(folder: string, main: string | undefined): Promise<string> {
  const named = main?.replace(/^\.\//, '')
  const wanted = named !== undefined && CODE.test(named) ? [named, ...ENTRIES] : ENTRIES
  for (const path of wanted) if (await isFile(join(folder, path))) return path
  throw bundleInvalid(
    `${folder}: the folder holds no ${MANIFEST_FILE}, and no code that could hold one in defineBundle(…): expected ${wanted.join(', ')}`,
  )
}

/** A module whose file is missing is left out: the checks of the manifest name it. */
async function findSources(
  folder: string,
  modules: readonly (z.infer<typeof ModuleNames> | undefined)[],
): Promise<ModuleSource[]> {
  const found = new Map<string, ModuleSource>()
  for (const module of modules) {
    const source = module && (await findSource(folder, module))
    if (source !== undefined) found.set(source.source, source)
  }
  return [...found.values()]
}

async function findSource(
  folder: string,
  { package_name: packageName, module_name: moduleName }: z.infer<typeof ModuleNames>,
): Promise<ModuleSource | undefined> {
  // A name that leads out of the folder is refused when the manifest is checked.
  if ([packageName, moduleName].some((name) => basename(name) !== name)) return undefined
  const candidates = moduleFileCandidates(packageName, moduleName)
  const typed = candidates.map((path) => path.replace(/js$/, 'ts'))
  for (const source of [...candidates, ...typed])
    if (await isFile(join(folder, source))) return { source, output: source.replace(CODE, '') }
  return undefined
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ?? false
}
