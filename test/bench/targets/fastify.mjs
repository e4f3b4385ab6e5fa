/** The floor: a Fastify route that answers the same JSON-RPC echo and checks nothing. */
import { fastify } from 'fastify'
import { listen } from './echo-tool.mjs'

const server = fastify({ logger: false })
server.post('/mcp', async ({ body }) => ({
  jsonrpc: '2.0',
  id: body.id,
  result: { content: [{ type: 'text', text: body.params.arguments.text }] },
}))
await listen(server)
