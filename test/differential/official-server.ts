/** The official SDK's handler over real HTTP, with what the bundle beside this file offers. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import {
  createMcpHandler,
  fromJsonSchema,
  McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server'
import { z } from 'zod'

export interface OfficialServer {
  readonly url: string
  close(): Promise<void>
}

const Manifest = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      inputSchema: z.record(z.string(), z.unknown()),
    }),
  ),
})

export async function startOfficialServer(): Promise<OfficialServer> {
  const file = new URL('bundle/mcp_configuration.json', import.meta.url)
  const { tools } = Manifest.parse(JSON.parse(await readFile(file, 'utf8')))
  const handler = createMcpHandler(() => buildServer(tools), { onerror: () => undefined })
  const server = createServer((incoming, outgoing) => {
    answer(handler.fetch, incoming, outgoing).catch((error: unknown) => {
      // A client that stops reading a stream without an end is no failure.
      if (!outgoing.destroyed) outgoing.destroy(error instanceof Error ? error : undefined)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}/mcp`,
    close: async () => {
      await handler.close()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

type Tools = z.infer<typeof Manifest>['tools']

function buildServer(tools: Tools): McpServer {
  const server = new McpServer(
    { name: 'test-gateway', version: '0.0.0' },
    { capabilities: { resources: { subscribe: true } } },
  )
  server.server.setRequestHandler('resources/subscribe', () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', () => ({}))
  for (const { name, inputSchema, ...shown } of tools)
    server.registerTool(
      name,
      { ...shown, inputSchema: fromJsonSchema<Record<string, unknown>>(inputSchema) },
      (args) => callTool(name, args),
    )
  const note = { description: 'A note', mimeType: 'text/plain' }
  server.registerResource('note', 'twin://note', note, ({ href }) => toContents(href, 'a note'))
  const template = new ResourceTemplate('twin://items/{id}', { list: undefined })
  const item = { description: 'One item', mimeType: 'text/plain' }
  server.registerResource('item', template, item, ({ href }, { id }) =>
    toContents(href, String(id)),
  )
  const argsSchema = z.object({ name: z.string(), tone: z.string().optional() })
  server.registerPrompt('greet', { description: 'Greets', argsSchema }, ({ name, tone }) => ({
    messages: [
      { role: 'user', content: { type: 'text', text: `Greet ${name} in a ${tone} tone` } },
    ],
  }))
  return server
}

function callTool(name: string, args: Record<string, unknown>) {
  if (name === 'fail') throw new Error('the kettle is empty')
  return { content: [{ type: 'text' as const, text: String(args['text'] ?? args['region']) }] }
}

function toContents(uri: string, text: string) {
  return { contents: [{ uri, mimeType: 'text/plain', text }] }
}

type Fetch = (request: Request) => Promise<Response>

async function answer(fetch: Fetch, incoming: IncomingMessage, outgoing: ServerResponse) {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const { method = 'GET', url = '/' } = incoming
  const body = method === 'POST' ? await readAll(incoming) : null
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort())
  const request = new Request(new URL(url, 'http://127.0.0.1'), {
    method,
    headers,
    body,
    signal: gone.signal,
  })
  const response = await fetch(request)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  if (response.body === null) return outgoing.end()
  // The types of the browser's streams and of Node's differ in one method that nobody calls.
  return pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), outgoing)
}

async function readAll(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) text += String(chunk)
  return text
}
