/** What is in a bundle's ZIP: its manifest understood, its module files present, its settings filled. */
import {
  type ArchiveEntry,
  type ArchiveLimits,
  bundleInvalid,
  bundleProblems,
  readArchive,
  sha256Of,
} from '../bundles/bundles.js'
import { MANIFEST_FILE, moduleFileCandidates } from '../bundles/module-file.js'
import type { BundleDefinitions, Setting } from '../domain/capability.js'
import {
  fillSetting,
  type Manifest,
  type ManifestChecks,
  manifestWarnings,
  readManifest,
  secretMembers,
  settingId,
  toDefinitions,
  type Variables,
} from '../manifest/manifest.js'

export interface BundleContents {
  /** Under which the ZIP is stored. */
  readonly sha256: string
  readonly definitions: BundleDefinitions
  /** Setting id → value, `${VAR}` filled. */
  readonly settings: ReadonlyMap<string, Setting>
  /** Setting id → names of its members that a variable has filled. */
  readonly secrets: ReadonlyMap<string, readonly string[]>
  /** What works but may surprise, one sentence each. */
  readonly warnings: readonly string[]
}

export interface ContentsOptions {
  readonly limits: ArchiveLimits
  readonly variables: Variables
  readonly checks: ManifestChecks
}

/**
 * Understands a bundle's ZIP without running any of it: archive, manifest, module files, settings.
 *
 * @throws GatewayError `BUNDLE_INVALID` with everything that is wrong at the first step that fails
 */
export async function readContents(
  zip: Buffer,
  { limits, variables, checks }: ContentsOptions,
): Promise<BundleContents> {
  const entries = await readArchive(zip, limits)
  const manifest = readManifest(manifestText(entries), checks)
  checkModuleFiles(manifest, entries)
  return {
    sha256: sha256Of(zip),
    definitions: toDefinitions(manifest),
    settings: fillSettings(manifest, variables),
    secrets: new Map(
      manifest.modules.map((module) => [settingId(module), secretMembers(module.setting ?? {})]),
    ),
    warnings: manifestWarnings(manifest),
  }
}

/** @throws GatewayError `BUNDLE_INVALID` when there is none */
export function manifestText(entries: readonly ArchiveEntry[]): string {
  const manifest = entries.find(({ path }) => path === MANIFEST_FILE)
  if (manifest === undefined) throw bundleInvalid(missingManifest(entries))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(manifest.body)
  } catch (cause) {
    throw bundleInvalid(`${MANIFEST_FILE} is not UTF-8 text`, cause)
  }
}

function missingManifest(entries: readonly ArchiveEntry[]): string {
  const inside = entries.find(({ path }) => path.endsWith(`/${MANIFEST_FILE}`))
  const hint = inside && `; it lies at ${inside.path}: zip what is in the folder, not the folder`
  return `the archive has no ${MANIFEST_FILE} at its root${hint ?? ''}`
}

function checkModuleFiles(manifest: Manifest, entries: readonly ArchiveEntry[]): void {
  const problems = moduleFileProblems(manifest, entries)
  if (problems.length > 0) throw bundleProblems('files of modules are missing', problems)
}

/** One sentence for each module without a file. */
export function moduleFileProblems(
  manifest: Pick<Manifest, 'modules'>,
  entries: readonly ArchiveEntry[],
): string[] {
  const paths = new Set(entries.map(({ path }) => path))
  return manifest.modules.flatMap((module, index) => {
    const candidates = moduleFileCandidates(module.package_name, module.module_name)
    if (candidates.some((path) => paths.has(path))) return []
    return [
      `modules[${index}].module_name: the bundle holds no file for module "${module.module_name}"; expected one of ${candidates.join(', ')}`,
    ]
  })
}

function fillSettings(manifest: Manifest, variables: Variables): ReadonlyMap<string, Setting> {
  const filled = manifest.modules.map((module, index) => ({
    id: settingId(module),
    ...fillSetting(module.setting ?? {}, variables, `modules[${index}].setting`),
  }))
  const problems = filled.flatMap((setting) => setting.problems)
  if (problems.length > 0) throw bundleProblems('variables of settings are missing', problems)
  return new Map(filled.map(({ id, setting }) => [id, setting]))
}
