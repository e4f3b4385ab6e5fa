/**
 * Unpacked bundle versions on this machine's disk, shared by every process that is given the same
 * folder: a version appears whole, by one rename, and goes by one. A folder's time of change is
 * when the version was last used.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../domain/clock.js'
import type { ArchiveEntry } from './archive.js'
import { codeOf } from '../domain/code-of.js'

/** Unpacking takes seconds; a partial folder that nobody wrote to for this long is a crash's. */
const ABANDONED_MS = 10 * 60_000
const PARTIAL = '.partial-'
/** A file beside a version that is about to go. */
const EVICTING = '.evicting'
/** What is left of a version that has gone. */
const EVICTED = '.evicted-'

/** Files written at once. */
const WRITERS = 16

/** An eviction decides within milliseconds; a mark that is there for longer is a crash's. */
const MARK_LOOKS = 200
const MARK_LOOK_MS = 20

async function isUnpacked(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/**
 * Notes that a version is used now: whoever evicts looks at that after it has set its mark, so
 * either it sees this, or its mark is seen here.
 *
 * @returns false when the version is not on disk
 */
export async function noteUse(folder: string, clock: Clock): Promise<boolean> {
  for (let look = 1; ; look++) {
    if (!(await touch(folder, clock))) return false
    const isMarked = await exists(`${folder}${EVICTING}`)
    if (!isMarked || look === MARK_LOOKS) return isUnpacked(folder)
    await delay(MARK_LOOK_MS)
  }
}

/** @returns false when there is no such folder */
export async function touch(folder: string, clock: Clock): Promise<boolean> {
  const seconds = clock.now() / 1000
  try {
    await utimes(folder, seconds, seconds)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Writes a version beside its final place, makes it read-only and moves it there. */
export async function unpack(folder: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const partial = `${folder}${PARTIAL}${randomUUID()}`
  try {
    await mkdir(partial, { recursive: true, mode: 0o700 })
    await writeFiles(partial, withModuleType(entries))
    await rename(partial, folder)
  } catch (error) {
    await removeTree(partial)
    if (!isTaken(error) || !(await isUnpacked(folder))) throw error
  }
}

/**
 * Removes a version, unless it was used since. It goes by a rename, so no reader sees half of it,
 * and a crash leaves something that `removeAbandoned` knows.
 *
 * @param usedBeforeMs milliseconds since 1970
 * @returns false when it stays, or another process was first
 */
export async function evict(folder: string, usedBeforeMs: number): Promise<boolean> {
  const mark = `${folder}${EVICTING}`
  const evicted = `${folder}${EVICTED}${randomUUID()}`
  if (!(await createMark(mark))) return false
  try {
    const found = await statOf(folder)
    if (found === undefined || found.mtimeMs >= usedBeforeMs) return false
    await rename(folder, evicted)
  } finally {
    await rm(mark, { force: true })
  }
  await removeTree(evicted)
  return true
}

/** Removes what crashed processes left beside versions, half unpacked or half removed. */
export async function removeAbandoned(parent: string, clock: Clock): Promise<void> {
  for (const name of await namesIn(parent)) {
    const path = join(parent, name)
    if (name.includes(EVICTED)) await removeTree(path)
    if (!name.includes(PARTIAL) && !name.endsWith(EVICTING)) continue
    const found = await statOf(path)
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

/** @returns none where there is no such folder */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw error
  })
}

/** @returns undefined where there is nothing */
export async function statOf(path: string) {
  return stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}

async function exists(path: string): Promise<boolean> {
  return (await statOf(path)) !== undefined
}

/** @returns false when another process has set it */
async function createMark(mark: string): Promise<boolean> {
  try {
    await writeFile(mark, '', { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Without its own `package.json` a bundle's `.js` files are modules, as the manual shows them. */
function withModuleType(entries: readonly ArchiveEntry[]): readonly ArchiveEntry[] {
  if (entries.some(({ path }) => path === 'package.json')) return entries
  return [...entries, { path: 'package.json', body: Buffer.from('{ "type": "module" }\n') }]
}

async function writeFiles(root: string, entries: readonly ArchiveEntry[]): Promise<void> {
  const folders = new Set(entries.map(({ path }) => dirname(join(root, path))))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  for (let at = 0; at < entries.length; at += WRITERS) {
    const outcomes = await Promise.allSettled(
      entries
        .slice(at, at + WRITERS)
        .map(({ path, body }) => writeFile(join(root, path), body, { mode: 0o444, flag: 'wx' })),
    )
    // All have ended before the folder is removed, so nothing is written behind our back.
    const failure = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failure) throw failure.reason
  }
  const inside = await readdir(root, { recursive: true, withFileTypes: true })
  for (const entry of inside.filter((each) => each.isDirectory()))
    await chmod(join(entry.parentPath, entry.name), 0o555)
  await chmod(root, 0o555)
}

/** Another process was first; what it unpacked is the same, since the name is the hash. */
function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error) ?? '')
}
