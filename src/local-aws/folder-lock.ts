import { ClassicLevel } from 'classic-level'
import { codeOf } from '../domain/code-of.js'

export interface FolderLock {
  release(): Promise<void>
}

/**
 * Takes the lock of a folder, or returns undefined while another process (or part of this one)
 * holds it. It is LevelDB's own: an fcntl lock, which the kernel drops with its process.
 */
export async function takeFolderLock(folder: string): Promise<FolderLock | undefined> {
  const level = new ClassicLevel(folder)
  try {
    await level.open()
  } catch (error) {
    if (isLocked(error)) return undefined
    throw new Error(`cannot open the lock ${folder}`, { cause: error })
  }
  return { release: () => level.close() }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && codeOf(error.cause) === 'LEVEL_LOCKED'
}
