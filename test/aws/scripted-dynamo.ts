/** A DynamoDB that answers as it is told, and remembers what it was asked. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ClientOptions } from '../../src/aws/aws.js'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Told {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: string
}

export interface ScriptedDynamo {
  readonly client: Pick<ClientOptions, 'region' | 'credentials' | 'endpoint'>
  readonly asked: readonly Asked[]
  stop(): Promise<void>
}

/** @param answer undefined leaves the request without one */
export async function startScriptedDynamo(
  answer: (asked: Asked) => Told | undefined,
): Promise<ScriptedDynamo> {
  const asked: Asked[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '' } = request
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    const one = { method, path, headers: Object.fromEntries(headers), body: await text(request) }
    asked.push(one)
    const told = answer(one)
    if (told) response.writeHead(told.status ?? 200, told.headers).end(told.body)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' }
  return {
    client: { region: 'eu-west-1', credentials, endpoint: `http://127.0.0.1:${address.port}` },
    asked,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
