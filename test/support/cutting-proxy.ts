import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  /** Where clients connect: `http://127.0.0.1:{port}`. */
  readonly url: string
  /** Connections that are open; one that was cut no longer is. */
  readonly connections: number
  /** Breaks every open connection off, on both sides; new ones are taken. */
  cut(): void
  /** From now on it takes connections and passes nothing on: a network that is parted. */
  goSilent(): void
  /** What comes from now on is passed on; what came in between only where it was not cut. */
  comeBack(): void
  /** Where connections go from now on. */
  leadTo(target: string | URL): void
  close(): Promise<void>
}

/** Hands bytes on, and breaks connections off when it is told to: a network that fails. */
export async function startCuttingProxy(target: string | URL): Promise<CuttingProxy> {
  let leadsTo = new URL(target)
  const clients = new Set<Socket>()
  const upstreams = new Map<Socket, Socket>()
  let isSilent = false
  const hold = () => {
    for (const pair of upstreams)
      for (const socket of pair) {
        socket.unpipe()
        socket.pause()
      }
  }
  const server = createServer((client) => {
    const upstream = connect(Number(leadsTo.port), leadsTo.hostname)
    clients.add(client)
    upstreams.set(client, upstream)
    join(client, upstream)
    client.once('close', () => {
      clients.delete(client)
      upstreams.delete(client)
    })
    if (isSilent) hold()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const cut = () => {
    for (const client of clients) client.resetAndDestroy()
    clients.clear()
    upstreams.clear()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    get connections() {
      return clients.size
    },
    cut,
    goSilent: () => {
      isSilent = true
      hold()
    },
    comeBack: () => {
      isSilent = false
      for (const [client, upstream] of upstreams) {
        client.pipe(upstream)
        upstream.pipe(client)
      }
    },
    leadTo: (next) => {
      leadsTo = new URL(next)
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}

/** What ends on one side ends on the other. */
function join(client: Socket, upstream: Socket): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.on('error', () => to.destroy())
    from.once('close', () => to.destroy())
    from.pipe(to)
  }
}
