/**
 * `GET /{endpoint_id}/live`: a page that calls tools and shows what happens, as its user.
 *
 * It is the same for everybody, and asks for nobody's token: whether there is such an endpoint is
 * not told here. What it does goes over the same routes as anybody's client.
 */
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { readFileSync } from 'node:fs'
import { isEndpointId } from '../domain/caller.js'

const FOLDER = new URL('live-page/', import.meta.url)

const PAGE = 'live.html'

/** What the page loads, beside itself. */
const FILES = [
  'live.css',
  'live.js',
  'call-view.js',
  'choice-field.js',
  'credentials.js',
  'dom.js',
  'event-feed.js',
  'event-rows.js',
  'field.js',
  'form.js',
  'gateway.js',
  'json-field.js',
  'json.js',
  'kept.js',
  'mcp-request.js',
  'nested-field.js',
  'number-field.js',
  'question.js',
  'result-view.js',
  'retry.js',
  'schema.js',
  'sign-in.js',
  'sse-blocks.js',
  'text-field.js',
  'tool-list.js',
  'tool-panel.js',
  'tools.js',
]

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

/** The page runs its own files, talks to its own origin, and makes nothing of text but text. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  // Pictures that tools answer with; nothing is loaded for them.
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

interface PageRoute {
  Params: { endpointId: string }
}

interface FileRoute {
  Params: { endpointId: string; file: string }
}

export function liveRoutes(): FastifyPluginAsync {
  const page = readPageFile(PAGE)
  const files = new Map(FILES.map((name) => [name, readPageFile(name)]))
  return async (server) => {
    server.get<PageRoute>('/:endpointId/live', ({ params }, reply) =>
      sendFile(reply, isEndpointId(params.endpointId) ? page : undefined),
    )
    server.get<FileRoute>('/:endpointId/live/:file', ({ params }, reply) =>
      sendFile(reply, isEndpointId(params.endpointId) ? files.get(params.file) : undefined),
    )
  }
}

interface PageFile {
  readonly type: string | undefined
  readonly text: string
}

function readPageFile(name: string): PageFile {
  const type = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)]
  return { type, text: readFileSync(new URL(name, FOLDER), 'utf8') }
}

function sendFile(reply: FastifyReply, file: PageFile | undefined): FastifyReply {
  if (file === undefined) return reply.code(404).send({ error: 'Not found' })
  return reply.headers({ ...HEADERS, 'content-type': file.type }).send(file.text)
}
