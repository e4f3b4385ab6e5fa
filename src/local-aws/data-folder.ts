import { createHash } from 'node:crypto'
import { mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openPrivateFolder } from './private-folder.js'

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
    logFile: join(own, 'engine.log'),
  }
  const folders = [own, folder.dynamoFolder, folder.s3Folder, dirname(folder.socketPath)]
  await Promise.all([...new Set(folders)].map(openPrivateFolder))
  return folder
}

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
