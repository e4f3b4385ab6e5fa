/** `PUT /{endpoint_id}/uploads/{ticket}`: takes a bundle's bytes, once, on machines without S3. */
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { Access } from '../access/access.js'
import type { Authenticator } from '../auth/auth.js'
import type { Publishing } from '../publishing/publishing.js'
import { admitRequest, type LimitedParts } from './limit-requests.js'
import type { UnderWay } from './mcp-parts.js'

/** Who takes the bytes of uploads. */
export type UploadReceiver = Pick<Publishing, 'receiveUpload'>

export interface UploadParts extends LimitedParts {
  readonly authenticator: Authenticator
  readonly access: Pick<Access, 'demand'>
  readonly uploads: UploadReceiver
  readonly underWay: UnderWay
  /** More of an upload is never read, and so never counted. Default: as much as is announced. */
  readonly maxBytes?: number | undefined
}

interface UploadRoute {
  Params: { endpointId: string; ticket: string }
}

/** The body of an upload is a stream: it is never in memory as a whole. */
export function uploadRoutes({
  authenticator,
  access,
  uploads,
  underWay,
  limits,
  maxBytes = Infinity,
}: UploadParts): FastifyPluginAsync {
  const receive = async (request: FastifyRequest<UploadRoute>, reply: FastifyReply) => {
    const { headers, params, body, ip } = request
    const caller = await authenticator.authenticate(headers.authorization, params.endpointId, ip)
    const announcedBytes = Number(headers['content-length'] ?? 0)
    await admitRequest({ limits }, { caller }, reply)
    access.demand(caller, 'publish', 'uploads')
    // Only who may send takes of what may be sent.
    const bytes = Math.min(announcedBytes, maxBytes)
    await admitRequest({ limits }, { caller, requests: 0, bytes }, reply)
    await uploads.receiveUpload(caller, {
      uploadId: params.ticket,
      body: body instanceof Readable ? body : Readable.from([]),
      announcedBytes,
    })
  }
  return async (server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, body, done) => done(null, body))
    server.put<UploadRoute>('/:endpointId/uploads/:ticket', async (request, reply) => {
      await underWay.add(receive(request, reply))
      return reply.code(201).send()
    })
  }
}
