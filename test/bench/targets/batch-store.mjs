/**
 * Stands in for DynamoDB where the embedded engine would be what limits: it takes every request and
 * keeps nothing but the largest batch that it was sent, for `GET /`. Usage: batch-store.mjs
 * MILLISECONDS, which it takes for each request.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'

const tookMs = Number(process.argv[2])

let largest = Buffer.alloc(0)

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const answer = answerTo(request, chunks)
    if (tookMs === 0) send(response, answer)
    else setTimeout(send, tookMs, response, answer)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.once('disconnect', () => process.exit())
process.send({ port: server.address().port })

function answerTo({ method, headers }, chunks) {
  if (method === 'GET') return largest
  if (!headers['x-amz-target'].endsWith('.BatchWriteItem')) return '{}'
  if (Number(headers['content-length']) > largest.length) largest = Buffer.concat(chunks)
  return '{"UnprocessedItems":{}}'
}

function send(response, body) {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length }
  response.writeHead(200, headers).end(body)
}
