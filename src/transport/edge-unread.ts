/** Clients that do not read what they have asked for: nothing else would end their connections. */
import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:tls'
import type { Socket } from 'node:net'

export interface UnreadRules {
  /**
   * A client that takes nothing for this long of what waits for it is cut off, in milliseconds.
   * Default: 60,000.
   */
  readonly unreadMs?: number | undefined
}

const UNREAD_MS = 60_000

/** How often connections are looked through for those on which something waits, at most. */
const MAX_CHECK_MS = 15_000

/**
 * Looks until the server has closed. The time-out is that of the socket: only Node knows whether
 * the system has taken a part of what is being written. HTTP sets its own between two requests, and
 * destroys a connection at either.
 */
export function cutUnreadConnections(
  server: Server,
  { unreadMs = UNREAD_MS }: UnreadRules = {},
): void {
  const open = new Set<Socket>()
  // What is under TLS never knows what waits above it.
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  const look = () => {
    for (const socket of open) {
      const isTimed = socket.timeout === unreadMs
      const isUnread = socket.writableLength > 0
      if (isUnread !== isTimed) socket.setTimeout(isUnread ? unreadMs : 0)
    }
  }
  const sweep = setInterval(look, Math.min(MAX_CHECK_MS, unreadMs / 4)).unref()
  server.once('close', () => clearInterval(sweep))
}
