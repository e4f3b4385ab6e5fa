/**
 * The official SDK v2 on Fastify, as its documentation mounts it: `createMcpHandler` with a factory
 * that registers the tools, called for every request. Usage: sdk2.mjs TOOLS
 *
 * Kinder than real servers: the schemas are built once, and the adapter between Fastify and the
 * handler's `Request` is shorter than the official one (no second body, no stream loop).
 */
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { fastify } from 'fastify'
import { z } from 'zod'
import { ECHO_DESCRIPTION, listen, MAX_TEXT_LENGTH } from './echo-tool.mjs'

const toolCount = Number(process.argv[2])
const config = {
  description: ECHO_DESCRIPTION,
  inputSchema: z.strictObject({ text: z.string().max(MAX_TEXT_LENGTH) }),
}
const echo = async ({ text }) => ({ content: [{ type: 'text', text }] })
const names = ['echo', ...Array.from({ length: toolCount - 1 }, (_, at) => `echo_${at + 1}`)]

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'bench', version: '0.0.0' })
  for (const name of names) server.registerTool(name, config, echo)
  return server
})

const server = fastify({ logger: false })
server.post('/mcp', async ({ headers, host, body }, reply) => {
  const request = new Request(`http://${host}/mcp`, { method: 'POST', headers })
  const response = await handler.fetch(request, { parsedBody: body })
  return reply
    .code(response.status)
    .header('content-type', response.headers.get('content-type'))
    .send(await response.text())
})
await listen(server)
