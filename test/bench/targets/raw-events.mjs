/** The floor: `node:http` that writes one shared buffer to each response, and checks nothing. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { inTurns, serveParent, toFrame } from './event-server.mjs'

const listeners = new Set()
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.write(': connected\n\n')
  listeners.add(response)
  response.once('close', () => listeners.delete(response))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

serveParent(server.address().port, (event, count) =>
  inTurns(count, (id) => {
    const frame = Buffer.from(toFrame(event, id))
    for (const response of listeners) response.write(frame)
  }),
)
