/**
 * Unpacked bundle versions on this machine's disk, shared by every process that is given the same
 * folder: a version appears whole, by one rename, or not at all.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../domain/clock.js'
import type { ArchiveEntry } from './archive.js'

/** Unpacking takes seconds; a partial folder that nobody wrote to for this long is a crash's. */
const ABANDONED_MS = 10 * 60_000
const PARTIAL = '.partial-'

/** Files written at once. */
const WRITERS = 16

export async function isUnpacked(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Writes a version beside its final place, makes it read-only and moves it there. */
export async function unpack(folder: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const partial = `${folder}${PARTIAL}${randomUUID()}`
  await mkdir(partial, { recursive: true, mode: 0o700 })
  try {
    await writeFiles(partial, withModuleType(entries))
    await rename(partial, folder)
  } catch (error) {
    await removeTree(partial)
    if (!isTaken(error) || !(await isUnpacked(folder))) throw error
  }
}

/** Removes what crashed processes left half unpacked beside a version. */
export async function removeAbandoned(parent: string, clock: Clock): Promise<void> {
  const names = await readdir(parent).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names.filter((each) => each.includes(PARTIAL))) {
    const path = join(parent, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && found.mtimeMs < clock.now() - ABANDONED_MS) await removeTree(path)
  }
}

/** Removes a folder whose sub-folders are read-only. */
export async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory())
  for (const path of [folder, ...folders.map((entry) => join(entry.parentPath, entry.name))])
    await chmod(path, 0o700).catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
}

/** Without its own `package.json` a bundle's `.js` files are modules, as the manual shows them. */
function withModuleType(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  if (entries.some(({ path }) => path === 'package.json')) return entries
  return [...entries, { path: 'package.json', body: Buffer.from('{ "type": "module" }\n') }]
}

async function writeFiles(root: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const folders = new Set(entries.map(({ path }) => dirname(join(root, path))))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  for (let at = 0; at < entries.length; at += WRITERS)
    await Promise.all(
      entries
        .slice(at, at + WRITERS)
        .map(({ path, body }) => writeFile(join(root, path), body, { mode: 0o444, flag: 'wx' })),
    )
  const inside = await readdir(root, { recursive: true, withFileTypes: true })
  for (const entry of inside.filter((each) => each.isDirectory()))
    await chmod(join(entry.parentPath, entry.name), 0o555)
  await chmod(root, 0o555)
}

/** Another process was first; what it unpacked is the same, since the name is the hash. */
function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '')
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
