/** Reads a bundle in each form that an author may have it, and builds it where it has to be. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { sha256Of } from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import { buildFolder, type BuildOptions, type BundlePlace, toInputs } from './build-folder.js'
import { findSyntaxProblems } from './bundle-code.js'
import { readBundleSource } from './bundle-source.js'
import type { BundleOnDisk } from './bundling.js'
import { planFolder } from './folder-plan.js'
import { zipFiles } from '../bundles/zip-files.js'

export async function readBundle(path: string, options: BuildOptions): Promise<BundleOnDisk> {
  const { limits, author } = options
  const place = await findPlace(path)
  if (place === undefined) return asItIs(await readBundleSource(path, limits))
  const { folder, manifestFile } = place
  const plan = await planFolder(folder, manifestFile)
  if (plan.kind === 'as it is') {
    const inputs = toInputs(plan, folder, author)
    return asItIs(await readBundleSource(path, limits), async () =>
      plan.modules.length === 0
        ? []
        : findSyntaxProblems({ folder, inputs, author }).catch(noProblems),
    )
  }
  const { files, sources } = await buildFolder(place, plan, options)
  const zip = zipFiles(files, { limits, name: path })
  return { zip, sha256: sha256Of(zip), isBuilt: true, sources, syntaxProblems: noProblems }
}

function asItIs(zip: Buffer, syntaxProblems: BundleOnDisk['syntaxProblems'] = noProblems) {
  return { zip, sha256: sha256Of(zip), isBuilt: false, sources: [], syntaxProblems }
}

/** Without the bundler nobody can say more than the refusal does. */
async function noProblems(): Promise<string[]> {
  return []
}

/** @returns undefined for what is neither a folder nor a manifest in one */
async function findPlace(path: string): Promise<BundlePlace | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return { folder: await realpath(path), manifestFile: MANIFEST_FILE }
  if (!found?.isFile() || extname(path).toLowerCase() !== '.json') return undefined
  return { folder: await realpath(dirname(resolve(path))), manifestFile: basename(path) }
}
