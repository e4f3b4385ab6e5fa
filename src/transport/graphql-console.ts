/**
 * `GET /{endpoint_id}/graphql` and `GET /graphql` in a browser: a page that signs in and then fetches
 * GraphiQL, which only those get who may use the API.
 *
 * The page is the same for everybody: whether there is such an endpoint is not told here.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isEndpointId } from '../domain/caller.js'
import { GRAPHIQL_FILES, readGraphiql } from './graphiql-files.js'
import { createGraphqlDoor, type GraphqlDoorParts, type GraphqlRoute } from './graphql-door.js'

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  console: [
    'console.css',
    'console.js',
    'bundle.js',
    'fetcher.js',
    'graphiql.js',
    'tab-storage.js',
  ],
  // What both pages are made of.
  'live-page': [
    'live.css',
    'credentials.js',
    'dom.js',
    'gateway.js',
    'json.js',
    'kept.js',
    'mcp-request.js',
    'sign-in.js',
    'sse-blocks.js',
  ],
}

const NONCE_BYTES = 18

const CSS = 'text/css; charset=utf-8'
const JS = 'text/javascript; charset=utf-8'

/**
 * The page runs its own files and what they fetch, and talks to its own origin. GraphiQL's editor writes
 * style sheets and has workers of its own; it makes markup of descriptions, so text is no longer all.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self' 'unsafe-inline'",
    "connect-src 'self'",
    'worker-src blob:',
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

const HEADERS = {
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

interface ConsoleFileRoute extends GraphqlRoute {
  Params: GraphqlRoute['Params'] & { folder: string; file: string }
}

type SendPage = (request: FastifyRequest<GraphqlRoute>, reply: FastifyReply) => FastifyReply

/** @returns what answers a browser */
export function createConsolePage(): SendPage {
  const page = readFile('console', 'console.html')
  return ({ params: { endpointId } }, reply) => {
    if (endpointId !== undefined && !isEndpointId(endpointId)) return notFound(reply)
    const nonce = randomBytes(NONCE_BYTES).toString('base64')
    const html = page.replace('{nonce}', nonce).replace('{endpoint}', endpointId ?? '')
    return reply
      .headers({ ...HEADERS, 'content-security-policy': contentSecurityPolicy(nonce) })
      .type('text/html; charset=utf-8')
      .send(html)
  }
}

/** What the page loads: its own files as anybody, GraphiQL as who may use the API. */
export function serveConsoleFiles(server: FastifyInstance, parts: GraphqlDoorParts): void {
  const files = new Map(
    Object.entries(FOLDERS).flatMap(([folder, names]) =>
      names.map((name): [string, string] => [`${folder}/${name}`, readFile(folder, name)]),
    ),
  )
  const onRequest = createGraphqlDoor(parts, 'GET graphql')
  for (const base of ['/graphql', '/:endpointId/graphql']) {
    server.get<ConsoleFileRoute>(`${base}/:folder/:file`, ({ params }, reply) => {
      const { endpointId, folder, file } = params
      const isPlace = endpointId === undefined || isEndpointId(endpointId)
      const text = isPlace ? files.get(`${folder}/${file}`) : undefined
      if (text === undefined) return notFound(reply)
      return reply.headers(HEADERS).type(typeOf(file)).send(text)
    })
    for (const file of GRAPHIQL_FILES)
      server.get<GraphqlRoute>(`${base}/graphiql/${file}`, { onRequest }, async (_request, reply) =>
        reply
          .headers({ ...HEADERS, 'content-encoding': 'gzip' })
          .type(typeOf(file))
          .send(await readGraphiql(file)),
      )
  }
}

function typeOf(file: string): string {
  return file.endsWith('.css') ? CSS : JS
}

function readFile(folder: string, name: string): string {
  return readFileSync(new URL(`${folder}/${name}`, import.meta.url), 'utf8')
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'Not found' })
}
