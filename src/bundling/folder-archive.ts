/** A folder as a bundle's ZIP: the same files give the same bytes, so the same version. */
import type { Stats } from 'node:fs'
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import {
  type ArchiveLimits,
  bundleInvalid,
  DEFAULT_ARCHIVE_LIMITS,
  formatBytes,
  nameProblem,
  quoteName,
} from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import { type BundleFiles, zipFiles } from '../bundles/zip-files.js'

export interface FolderArchiveOptions {
  readonly limits?: ArchiveLimits | undefined
  /** File name inside the folder that becomes `mcp_configuration.json`. */
  readonly manifestFile?: string | undefined
  /** Leaves a file out, or a folder with all that is in it; paths with `/`, from the folder. */
  readonly leavesOut?: ((path: string) => boolean) | undefined
}

/** Not part of a bundle: history, the file manager's notes, and a developer's secrets. */
const SKIPPED = /^(?:\.git|\.DS_Store|\.env(?:\..+)?)$/

/** What `bundle build` writes beside the manifest when it is run there. */
const BUILT_ZIP = /^[^/]+\.zip$/

/**
 * A folder as a bundle's ZIP. Symbolic links are stored as what they point at and refused when that
 * lies outside.
 *
 * @throws GatewayError `BUNDLE_INVALID` naming the file that does not fit
 */
export async function zipFolder(
  folder: string,
  options: FolderArchiveOptions = {},
): Promise<Buffer> {
  const files = await readFolderFiles(folder, options)
  return zipFiles(files, { limits: options.limits, name: folder })
}

/** The files of a folder that belong to its bundle, as they lie there. */
export async function readFolderFiles(
  folder: string,
  {
    limits = DEFAULT_ARCHIVE_LIMITS,
    manifestFile = MANIFEST_FILE,
    leavesOut,
  }: FolderArchiveOptions,
): Promise<BundleFiles> {
  const root = await realpath(folder)
  const files = new Map<string, Buffer>()
  const sizes = { entries: 0, bytes: 0 }
  for await (const file of walk({ root, path: '', real: root, above: [root], leavesOut })) {
    const path = toBundlePath(file.path, manifestFile)
    if (path === undefined) continue
    sizes.entries += 1
    sizes.bytes += file.bytes
    checkFile({ ...file, path }, sizes, limits)
    files.set(path, await readFile(file.real))
  }
  return files
}

interface Place {
  readonly root: string
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly real: string
  /** Real paths from the root down to here: a link to one of them would never end. */
  readonly above: readonly string[]
  readonly leavesOut: FolderArchiveOptions['leavesOut']
}

interface FoundFile {
  readonly path: string
  readonly real: string
  readonly bytes: number
}

async function* walk(place: Place): AsyncGenerator<FoundFile> {
  for (const name of await readdir(place.real)) {
    if (SKIPPED.test(name)) continue
    const path = place.path === '' ? name : `${place.path}/${name}`
    if (BUILT_ZIP.test(path) || place.leavesOut?.(path) === true) continue
    const real = await realpath(join(place.real, name)).catch((cause: unknown) => {
      throw bundleInvalid(`${quoteName(path)}: is a symbolic link that leads nowhere`, cause)
    })
    const found = await stat(real)
    const problem = placeProblem(place, real, found)
    if (problem !== undefined) throw bundleInvalid(`${quoteName(path)}: ${problem}`)
    if (found.isDirectory()) yield* walk({ ...place, path, real, above: [...place.above, real] })
    else yield { path, real, bytes: found.size }
  }
}

function placeProblem({ root, above }: Place, real: string, found: Stats): string | undefined {
  if (relative(root, real).split(sep)[0] === '..')
    return 'is a symbolic link that leads out of the folder'
  if (above.includes(real)) return 'is a symbolic link to a folder that it lies in'
  if (!found.isDirectory() && !found.isFile()) return 'is a device, pipe or socket'
  return undefined
}

/** A manifest of another name takes the manifest's place; one that it replaces stays out. */
function toBundlePath(path: string, manifestFile: string): string | undefined {
  if (path === manifestFile) return MANIFEST_FILE
  return path === MANIFEST_FILE ? undefined : path
}

function checkFile(
  { path, bytes }: FoundFile,
  sizes: { readonly entries: number; readonly bytes: number },
  limits: ArchiveLimits,
): void {
  const problem = nameProblem(path)
  if (problem !== undefined) throw bundleInvalid(`${quoteName(path)}: ${problem}`)
  if (sizes.entries > limits.maxEntries)
    throw bundleInvalid(`the folder holds more than ${limits.maxEntries} files`)
  if (bytes > limits.maxFileBytes)
    throw bundleInvalid(
      `${quoteName(path)}: is ${formatBytes(bytes)}; at most ${formatBytes(limits.maxFileBytes)} are allowed`,
    )
  if (sizes.bytes > limits.maxTotalBytes)
    throw bundleInvalid(`the folder holds more than ${formatBytes(limits.maxTotalBytes)}`)
}
