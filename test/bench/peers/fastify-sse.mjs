/** `@fastify/sse` as its documentation keeps a connection open and tells it events. */
import sse from '@fastify/sse'
import { fastify } from 'fastify'
import { inTurns, serveParent } from '../targets/event-server.mjs'

const listeners = new Set()
const server = fastify({ logger: false })
await server.register(sse)
server.get('/:endpointId/events', { sse: 'only' }, async (_request, reply) => {
  reply.sse.keepAlive()
  await reply.sse.send(': connected')
  listeners.add(reply.sse)
  reply.sse.onClose(() => listeners.delete(reply.sse))
})
await server.listen({ host: '127.0.0.1', port: 0 })

serveParent(server.server.address().port, (data, count) =>
  inTurns(count, (id) => {
    const message = { id: String(id), event: data.type, data }
    for (const listener of listeners) void listener.send(message)
  }),
)
