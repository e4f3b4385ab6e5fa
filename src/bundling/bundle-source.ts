/** A bundle from this machine's disk, in each form that an author may have it. */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { type ArchiveLimits, bundleInvalid, DEFAULT_ARCHIVE_LIMITS } from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import type { FolderArchiveOptions } from './folder-archive.js'

/**
 * Reads a bundle as a ZIP.
 *
 * @param path a ZIP; a folder that holds `mcp_configuration.json`; or a manifest of any name
 * ending in `.json`, beside the folders of its modules
 * @throws GatewayError `BUNDLE_INVALID` naming the path and what was expected there
 */
export async function readBundleSource(
  path: string,
  limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS,
): Promise<Buffer> {
  const found = await stat(path).catch((cause: unknown) => {
    throw bundleInvalid(`${path}: there is no such file or folder, or it cannot be read`, cause)
  })
  if (found.isDirectory()) return readFolder(path, limits)
  if (!found.isFile()) throw bundleInvalid(`${path}: is neither a file nor a folder`)
  if (extname(path).toLowerCase() === '.json')
    return toZip(dirname(path), { limits, manifestFile: basename(path) })
  if (!(await isZip(path)))
    throw bundleInvalid(
      `${path}: expected a ZIP, a bundle's folder, or a manifest whose name ends in .json`,
    )
  if (found.size > limits.maxZipBytes)
    throw bundleInvalid(
      `${path}: is ${found.size} bytes; at most ${limits.maxZipBytes} bytes are allowed`,
    )
  return readFile(path)
}

async function readFolder(folder: string, limits: ArchiveLimits): Promise<Buffer> {
  await stat(join(folder, MANIFEST_FILE)).catch((cause: unknown) => {
    throw bundleInvalid(`${folder}: the folder holds no ${MANIFEST_FILE}`, cause)
  })
  return toZip(folder, { limits })
}

async function toZip(folder: string, options: FolderArchiveOptions): Promise<Buffer> {
  // The ZIP library is imported when needed: whoever publishes no folder starts without it.
  const { zipFolder } = await import('./folder-archive.js')
  return zipFolder(folder, options)
}

/** Every ZIP that holds a file begins like this, whatever it is named. */
const ZIP_SIGNATURE = Buffer.from('PK\x03\x04', 'latin1')

async function isZip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    return (await firstBytes(file)).equals(ZIP_SIGNATURE)
  } finally {
    await file.close()
  }
}

async function firstBytes(file: FileHandle): Promise<Buffer> {
  const start = Buffer.alloc(ZIP_SIGNATURE.length)
  const { bytesRead } = await file.read(start, 0, start.length, 0)
  return start.subarray(0, bytesRead)
}
