/** What a ZIP says that it holds: read and checked in full before a byte is inflated. */
import { isUtf8 } from 'node:buffer'
import type { CentralDirectory, File as ZipFile } from 'unzipper'
import { type ArchiveLimits, formatBytes, RATIO_FREE_BYTES } from './archive-limits.js'
import { createNameRegister, nameProblem, quoteName } from './archive-names.js'
import { bundleInvalid } from './bundle-invalid.js'

/** Sizes and signatures of APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16. */
const END_BYTES = 22
const END_SIGNATURE = 0x06054b50
const ENTRY_BYTES = 46
const ENTRY_SIGNATURE = 0x02014b50
const LOCAL_SIGNATURE = 0x04034b50
const MAX_COMMENT_BYTES = 0xffff

/** The entries of a ZIP, every declared name, mode and size within bounds. */
export async function readDirectory(zip: Buffer, limits: ArchiveLimits): Promise<ZipFile[]> {
  const end = readEnd(zip)
  if (end.entries > limits.maxEntries)
    throw bundleInvalid(
      `the archive holds ${end.entries} entries; at most ${limits.maxEntries} are allowed`,
    )
  const files = await parseEntries(zip, end)
  const names = createNameRegister()
  for (const file of files) {
    checkEntry(file, limits)
    names.add(file.path)
  }
  checkSums(files, zip, limits)
  return files
}

interface End {
  readonly offset: number
  readonly entries: number
  readonly directoryOffset: number
  readonly directoryBytes: number
}

/** unzipper trusts these numbers, so they are checked before it sees them. */
function readEnd(zip: Buffer): End {
  const offset = findEnd(zip)
  const end = {
    offset,
    entries: zip.readUInt16LE(offset + 10),
    directoryBytes: zip.readUInt32LE(offset + 12),
    directoryOffset: zip.readUInt32LE(offset + 16),
  }
  if (end.entries === 0xffff || end.directoryOffset === 0xffffffff)
    throw bundleInvalid('the archive is a ZIP64; bundles are small enough to do without')
  if (zip.readUInt32LE(offset + 4) !== 0 || zip.readUInt16LE(offset + 8) !== end.entries)
    throw bundleInvalid('the archive is one part of several; a bundle is one file')
  if (end.directoryOffset + end.directoryBytes !== offset) throw damaged()
  return end
}

function findEnd(zip: Buffer): number {
  const lowest = Math.max(0, zip.length - END_BYTES - MAX_COMMENT_BYTES)
  for (let offset = zip.length - END_BYTES; offset >= lowest; offset--) {
    const isEnd = zip.readUInt32LE(offset) === END_SIGNATURE
    if (isEnd && offset + END_BYTES + zip.readUInt16LE(offset + 20) === zip.length) return offset
  }
  const isCutOff = zip.length >= 4 && zip.readUInt32LE(0) === LOCAL_SIGNATURE
  throw isCutOff ? damaged() : bundleInvalid('this is not a ZIP archive')
}

function damaged(cause?: unknown): Error {
  return bundleInvalid('the archive is truncated or damaged: its directory cannot be read', cause)
}

/** `tailSize` is missing from unzipper's types; without it a comment or a fake end misleads it. */
type OpenBuffer = (zip: Buffer, options: { tailSize: number }) => Promise<CentralDirectory>

async function parseEntries(zip: Buffer, end: End): Promise<ZipFile[]> {
  // Imported when needed: it brings fifteen packages, and a worker never unpacks.
  const { Open } = await import('unzipper')
  const openBuffer = Open.buffer as OpenBuffer
  const files = await openBuffer(withoutComment(zip, end), { tailSize: END_BYTES }).then(
    (directory) => directory.files,
    (cause: unknown) => Promise.reject(damaged(cause)),
  )
  const bytes = sum(
    files,
    (file) => ENTRY_BYTES + file.fileNameLength + file.extraFieldLength + file.fileCommentLength,
  )
  const isWhole = files.every((file) => file.signature === ENTRY_SIGNATURE)
  if (!isWhole || bytes !== end.directoryBytes) throw damaged()
  return files
}

function withoutComment(zip: Buffer, end: End): Buffer {
  if (zip.length === end.offset + END_BYTES) return zip
  return Buffer.concat([zip.subarray(0, end.offset + 20), Buffer.alloc(2)])
}

function checkEntry(file: ZipFile, limits: ArchiveLimits): void {
  const problem =
    // unzipper gives an empty string instead of an empty buffer.
    (isUtf8(Buffer.from(file.pathBuffer)) ? undefined : 'the name is not UTF-8') ??
    nameProblem(file.path) ??
    modeProblem(file) ??
    formatProblem(file) ??
    sizeProblem(file, limits)
  if (problem !== undefined) throw bundleInvalid(`${quoteName(file.path)}: ${problem}`)
}

/** Unix types that are a plain file or folder; 0 is an archiver that writes none. */
const PLAIN_TYPES = new Set([0, 0o100000, 0o040000])
const LINK_TYPE = 0o120000

function modeProblem(file: ZipFile): string | undefined {
  const type = (file.externalFileAttributes >>> 16) & 0o170000
  if (type === LINK_TYPE) return 'is a symbolic link; put the file itself into the bundle'
  if (!PLAIN_TYPES.has(type)) return 'is a device, pipe or socket; only files and folders may be'
  return undefined
}

/** Encrypted, strongly encrypted, or with a masked directory (APPNOTE.TXT 4.4.4). */
const ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
const STORED = 0
const DEFLATED = 8

function formatProblem(file: ZipFile): string | undefined {
  if ((file.flags & ENCRYPTED_FLAGS) !== 0) return 'is encrypted'
  if (file.compressionMethod !== STORED && file.compressionMethod !== DEFLATED)
    return `is compressed by method ${file.compressionMethod}; only "stored" and "deflate" are read`
  if (file.path.endsWith('/') && file.uncompressedSize > 0) return 'is a folder that holds bytes'
  return undefined
}

function sizeProblem(file: ZipFile, limits: ArchiveLimits): string | undefined {
  const { compressedSize: packed, uncompressedSize: unpacked } = file
  if (unpacked > limits.maxFileBytes)
    return `is ${formatBytes(unpacked)} unpacked; at most ${formatBytes(limits.maxFileBytes)} are allowed`
  if (packed === 0 && unpacked > 0) return 'declares content but holds none'
  if (unpacked > RATIO_FREE_BYTES && unpacked > packed * limits.maxRatio)
    return `unpacks to more than ${limits.maxRatio} times its packed size, like a ZIP bomb`
  return undefined
}

function checkSums(files: readonly ZipFile[], zip: Buffer, limits: ArchiveLimits): void {
  const unpacked = sum(files, (file) => file.uncompressedSize)
  if (unpacked > limits.maxTotalBytes)
    throw bundleInvalid(
      `the archive is ${formatBytes(unpacked)} unpacked; at most ${formatBytes(limits.maxTotalBytes)} are allowed`,
    )
  if (sum(files, (file) => file.compressedSize) > zip.length)
    throw bundleInvalid('entries of the archive overlap, like a ZIP bomb')
}

function sum(files: readonly ZipFile[], size: (file: ZipFile) => number): number {
  return files.reduce((total, file) => total + size(file), 0)
}
