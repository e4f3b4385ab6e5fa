/** Reads a bundle's ZIP as if its author were an enemy: names and sizes first, then real bytes. */
import { crc32 } from 'node:zlib'
import type { File as ZipFile } from 'unzipper'
import { readDirectory } from './archive-directory.js'
import { type ArchiveLimits, formatBytes } from './archive-limits.js'
import { quoteName } from './archive-names.js'
import { bundleInvalid } from './bundle-invalid.js'

/** One file of a bundle, its path relative and safe; folders are implied by the paths. */
export interface ArchiveEntry {
  readonly path: string
  readonly body: Buffer
}

/**
 * Unpacks an archive in memory.
 *
 * Headers are never trusted: a file is inflated no further than the size that was declared and
 * checked, and its checksum is compared.
 *
 * @throws GatewayError `BUNDLE_INVALID` that names the entry and what is wrong with it
 */
export async function readArchive(zip: Buffer, limits: ArchiveLimits): Promise<ArchiveEntry[]> {
  if (zip.length > limits.maxZipBytes)
    throw bundleInvalid(
      `the archive is ${formatBytes(zip.length)}; at most ${formatBytes(limits.maxZipBytes)} are allowed`,
    )
  const entries: ArchiveEntry[] = []
  for (const file of await readDirectory(zip, limits)) {
    if (file.path.endsWith('/')) continue
    entries.push({ path: file.path, body: await inflate(file) })
  }
  return entries
}

async function inflate(file: ZipFile): Promise<Buffer> {
  const body = file.compressedSize === 0 ? Buffer.alloc(0) : await readBytes(file)
  if (body.length !== file.uncompressedSize)
    throw bundleInvalid(
      `${quoteName(file.path)}: declares ${file.uncompressedSize} bytes but holds ${body.length}`,
    )
  if (crc32(body) !== file.crc32)
    throw bundleInvalid(`${quoteName(file.path)}: is damaged, its checksum does not match`)
  return body
}

async function readBytes(file: ZipFile): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  const stream = file.stream()
  // unzipper may report a second error after the first has ended the loop.
  stream.on('error', () => undefined)
  try {
    const content: AsyncIterable<Buffer> = stream
    for await (const chunk of content) {
      bytes += chunk.length
      if (bytes > file.uncompressedSize) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw bundleInvalid(`${quoteName(file.path)}: is damaged, its content cannot be read`, cause)
  }
  if (bytes > file.uncompressedSize)
    throw bundleInvalid(
      `${quoteName(file.path)}: declares ${file.uncompressedSize} bytes but holds more`,
    )
  return Buffer.concat(chunks, bytes)
}
