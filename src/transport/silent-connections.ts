/** Connections on which nothing was ever asked: browsers open some ahead, and Node holds none idle. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** @returns closes those that are silent at that time */
export function watchSilentConnections(server: Server): () => void {
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy()
  }
}
