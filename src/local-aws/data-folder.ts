import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where the parts of local AWS lie; each folder is the user's alone. */
export interface DataFolder {
  /** LevelDB of dynalite. */
  readonly dynamoFolder: string
  readonly s3Folder: string
  readonly lockFolder: string
  readonly socketPath: string
  readonly logFile: string
}

/** macOS allows 104 bytes for a Unix socket's path, Linux 108, each with a closing zero. */
const MAX_SOCKET_PATH_BYTES = 103

/** Finds the folder's parts, and makes those folders that are missing. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const root = await realpath(path)
  const own = join(root, 'local-aws')
  const folder: DataFolder = {
    dynamoFolder: join(root, 'dynamodb'),
    s3Folder: join(root, 's3'),
    lockFolder: join(own, 'lock'),
    socketPath: chooseSocketPath(own),
    logFile: engineLogFile(root),
  }
  const folders = [own, folder.dynamoFolder, folder.s3Folder, dirname(folder.socketPath)]
  await Promise.all([...new Set(folders)].map(openPrivateFolder))
  return folder
}

/** What the engine's process writes to its output. */
export const engineLogFile = (dataFolder: string): string =>
  join(dataFolder, 'local-aws', 'engine.log')

/** Beside the data; where that path is too long for a socket, in the user's folder for such. */
function chooseSocketPath(own: string): string {
  const beside = join(own, 'socket')
  if (Buffer.byteLength(beside) <= MAX_SOCKET_PATH_BYTES) return beside
  const name = createHash('sha256').update(own).digest('hex').slice(0, 24)
  const elsewhere = join(tmpdir(), `mcp-daemon-${process.getuid?.() ?? 'user'}`, name)
  if (Buffer.byteLength(elsewhere) <= MAX_SOCKET_PATH_BYTES) return elsewhere
  throw new Error(
    `no socket fits: ${beside} and ${elsewhere} are longer than ${MAX_SOCKET_PATH_BYTES} bytes; choose a shorter data folder or TMPDIR`,
  )
}

/**
 * Makes a folder that only this user can open, or proves that the one which is there is such.
 * A link, or a folder of somebody else, is refused: whoever owns it could answer in our place.
 */
async function openPrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const found = await lstat(path)
  const userId = process.getuid?.()
  if (!found.isDirectory()) throw new Error(`${path} must be a folder, and not a link to one`)
  if (userId !== undefined && found.uid !== userId)
    throw new Error(`${path} belongs to user ${found.uid}, not to ${userId}: refusing to use it`)
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700)
}
