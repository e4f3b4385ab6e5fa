/** Looks into a bundle's ZIP: archive, manifest, module files, a trial load of what can be loaded. */
import {
  type ArchiveEntry,
  type ArchiveLimits,
  readArchive,
  sha256Of,
  withUnpacked,
} from '../bundles/bundles.js'
import { schemaProblems, templateProblems } from '../catalog/catalog.js'
import { GatewayError } from '../domain/errors.js'
import {
  type ExaminedManifest,
  examineManifest,
  fillSetting,
  type Manifest,
  manifestWarnings,
  type ModuleLink,
  type Variables,
} from '../manifest/manifest.js'
import type { Executor, MethodName } from '../runtime/runtime.js'
import { manifestText, moduleFileProblems } from './contents.js'
import type { Inspection, InspectionOptions } from './inspection.js'

const checks = { schemaProblems, templateProblems }

export async function inspectBundle(
  { executor, limits }: InspectionOptions,
  zip: Buffer,
  variables: Variables,
): Promise<Inspection> {
  const sha256 = sha256Of(zip)
  const problems: string[] = []
  const opened = await openBundle(zip, limits, problems)
  if (opened === undefined) return { packageName: undefined, sha256, problems, warnings: [] }
  const { manifest, entries, isKnown } = opened
  const found = [...moduleFileProblems(manifest, entries), ...(await tryLoad(opened, executor))]
  const told = new Set([...problems, ...found.filter((problem) => !isKnown(problem))])
  return {
    packageName: manifest.modules[0]?.package_name,
    sha256,
    problems: [...told],
    warnings: [...manifestWarnings(manifest), ...missingVariables(manifest, variables)],
  }
}

interface OpenedBundle extends Pick<ExaminedManifest, 'isKnown'> {
  readonly entries: readonly ArchiveEntry[]
  readonly manifest: Manifest
}

/** @returns undefined when its inside cannot be looked at */
async function openBundle(
  zip: Buffer,
  limits: ArchiveLimits,
  problems: string[],
): Promise<OpenedBundle | undefined> {
  try {
    const entries = await readArchive(zip, limits)
    const { manifest, isKnown, ...rest } = examineManifest(manifestText(entries), checks)
    problems.push(...rest.problems)
    return manifest && { entries, manifest, isKnown }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    problems.push(error.message)
    return undefined
  }
}

/** Modules without a file are told already. */
async function tryLoad(
  { entries, manifest }: OpenedBundle,
  executor: Pick<Executor, 'check'>,
): Promise<string[]> {
  const lost = new Set(
    manifest.modules
      .filter((module) => moduleFileProblems({ modules: [module] }, entries).length > 0)
      .map((module) => module.module_name),
  )
  const known = new Set(manifest.modules.map((module) => module.module_name))
  const links = manifest.module_links.filter(
    ({ module_name: name }) => known.has(name) && !lost.has(name),
  )
  if (links.length === 0) return []
  const packageName = manifest.modules[0]?.package_name ?? ''
  return withUnpacked(entries, async ({ ref, folder }) => {
    const bundle = { ref: { ...ref, packageName }, folder }
    const problems = await executor.check(bundle, links.flatMap(toMethods))
    return problems.map((problem) => withPath(problem, manifest))
  })
}

function toMethods(link: ModuleLink): MethodName[] {
  const { module_name: moduleName, class_name: className } = link
  return [link.function_name, link.completion_function_name].flatMap((functionName) =>
    functionName ? [{ moduleName, className, functionName }] : [],
  )
}

/** The trial load knows classes and methods; their author looks for them in the manifest. */
function withPath(problem: string, { module_links: links, modules }: Manifest): string {
  const named = (word: string, name: string | null | undefined) =>
    name !== null && name !== undefined && problem.includes(`${word} "${name}"`)
  const link = links.findIndex(
    (each) =>
      named('class', each.class_name) &&
      (named('method', each.function_name) || named('method', each.completion_function_name)),
  )
  if (link !== -1) return `module_links[${link}]: ${problem}`
  const module = modules.findIndex(
    (each) =>
      named('module', each.module_name) &&
      (!problem.includes('no class') || named('class', each.class_name)),
  )
  return module === -1 ? problem : `modules[${module}]: ${problem}`
}

function missingVariables(manifest: Manifest, variables: Variables): string[] {
  return manifest.modules.flatMap(
    ({ setting }, index) =>
      fillSetting(setting ?? {}, variables, `modules[${index}].setting`).problems,
  )
}
