import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import type { Server } from 'node:http'

/**
 * Listens on a Unix socket that only this user can open. Who calls this holds the folder's lock,
 * so a socket that lies there was left by a process that was killed.
 */
export async function listenOnSocket(server: Server, socketPath: string): Promise<void> {
  await rm(socketPath, { force: true })
  const before = process.umask(0o177)
  try {
    // Binds before it returns, so the socket never has other permissions.
    server.listen(socketPath)
  } finally {
    process.umask(before)
  }
  await once(server, 'listening')
  await chmod(socketPath, 0o600)
}
