/**
 * Tells when something in a bundle's folder has changed. Folders are watched one by one: what npm
 * installs is left out, and a file that an editor replaces by another is seen all the same.
 */
import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export interface FolderWatch {
  /** Watches also where these files lie; in place of those that were followed before. */
  follow(files: readonly string[]): void
  close(): void
}

/** An editor writes in several steps; in milliseconds from the last one. */
const DEBOUNCE_MS = 60

/** Of a tree that is too large to be a bundle's, the rest goes unwatched. */
const MAX_FOLDERS = 1_000

export function watchFolder(folder: string, onChange: () => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  let followed: readonly string[] = []
  let timer: NodeJS.Timeout | undefined

  const add = (path: string) => {
    if (watchers.has(path) || watchers.size >= MAX_FOLDERS) return
    try {
      const watcher = watch(path, (_event, name) => {
        if (name === null || !isIgnored(name)) onEvent()
      })
      watcher.on('error', () => drop(path))
      watchers.set(path, watcher)
    } catch {
      // It has gone in this moment; its parent tells.
    }
  }
  const drop = (path: string) => {
    watchers.get(path)?.close()
    watchers.delete(path)
  }
  const update = () => {
    const wanted = new Set([...foldersIn(folder), ...followed])
    for (const path of watchers.keys()) if (!wanted.has(path)) drop(path)
    for (const path of wanted) add(path)
  }
  const onEvent = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      update()
      onChange()
    }, DEBOUNCE_MS)
  }
  update()
  return {
    follow(files) {
      const outside = files.filter((file) => relative(folder, file).startsWith('..'))
      followed = [...new Set(outside.map((file) => dirname(file)))]
      update()
    },
    close() {
      clearTimeout(timer)
      for (const path of watchers.keys()) drop(path)
    },
  }
}

/** The folder itself and those in it, links not followed. */
function foldersIn(folder: string): string[] {
  const found = [folder]
  for (let at = 0; at < found.length && found.length < MAX_FOLDERS; at++)
    found.push(...childFolders(found[at] ?? folder))
  return found
}

function childFolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !isIgnored(entry.name))
      .map((entry) => join(folder, entry.name))
  } catch {
    return []
  }
}

/** Packages, what begins with a dot, and what `bundle build` writes. */
function isIgnored(name: string): boolean {
  return name === 'node_modules' || name.startsWith('.') || name.endsWith('.zip')
}
