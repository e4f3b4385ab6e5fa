import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'

export interface AuthProxy {
  /** Where clients without a token connect: `http://127.0.0.1:{port}`. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Adds a bearer token to every request, for clients that cannot send one. Everything else passes
 * as it is: `Host` and all other headers, bodies as they stream, and disconnects both ways.
 *
 * @param nextTarget origin of the server that gets the next request
 */
export async function startAuthProxy(nextTarget: () => URL, token: string): Promise<AuthProxy> {
  const server = createServer((incoming, outgoing) =>
    forward(incoming, outgoing, nextTarget(), token),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: URL, token: string) {
  const upstream = request({
    host: target.hostname,
    port: target.port,
    method: incoming.method,
    path: incoming.url,
    headers: [...withoutAuthorization(incoming.rawHeaders), 'Authorization', `Bearer ${token}`],
    agent: false,
  })
  upstream.on('response', (answer) => {
    outgoing.sendDate = false
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
    outgoing.flushHeaders()
    pipeline(answer, outgoing, ignoreEnd)
  })
  upstream.on('error', () => (outgoing.headersSent ? outgoing.destroy() : refuse(outgoing)))
  // A client that leaves before the answer begins is seen here only.
  outgoing.on('close', () => upstream.destroy())
  pipeline(incoming, upstream, ignoreEnd)
}

/** `rawHeaders` holds names and values in turn. */
function withoutAuthorization(rawHeaders: readonly string[]): string[] {
  const kept = (_text: string, index: number) =>
    rawHeaders[index - (index % 2)]?.toLowerCase() !== 'authorization'
  return rawHeaders.filter(kept)
}

function refuse(outgoing: ServerResponse): void {
  outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('the server did not answer\n')
}

/** `pipeline` has ended both streams; either side leaving is no error of the proxy. */
function ignoreEnd(): void {}
