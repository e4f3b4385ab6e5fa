import { chmod, lstat, mkdir } from 'node:fs/promises'

/**
 * Makes a folder that only this user can open, or proves that the one which is there is such.
 * A link, or a folder of somebody else, is refused: whoever owns it could answer in our place.
 */
export async function openPrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const found = await lstat(path)
  const userId = process.getuid?.()
  if (!found.isDirectory()) throw new Error(`${path} must be a folder, and not a link to one`)
  if (userId !== undefined && found.uid !== userId)
    throw new Error(`${path} belongs to user ${found.uid}, not to ${userId}: refusing to use it`)
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700)
}
