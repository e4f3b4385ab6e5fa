/** `PUT /{endpoint_id}/uploads/{ticket}`: takes a bundle's bytes, once, on machines without S3. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { Readable } from 'node:stream'
import type { Authenticator } from '../auth/auth.js'
import { type Caller, mayPublish } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { Publishing } from '../publishing/publishing.js'
import type { UnderWay } from './mcp-parts.js'

/** Who takes the bytes of uploads. */
export type UploadReceiver = Pick<Publishing, 'receiveUpload'>

export interface UploadParts {
  readonly authenticator: Authenticator
  readonly uploads: UploadReceiver
  readonly underWay: UnderWay
}

interface UploadRoute {
  Params: { endpointId: string; ticket: string }
}

/** The body of an upload is a stream: it is never in memory as a whole. */
export function uploadRoutes({
  authenticator,
  uploads,
  underWay,
}: UploadParts): FastifyPluginAsync {
  const receive = async (request: FastifyRequest<UploadRoute>) => {
    const { headers, params, body } = request
    const caller = await authenticator.authenticate(headers.authorization, params.endpointId)
    refuseOthers(caller)
    await uploads.receiveUpload(caller, {
      uploadId: params.ticket,
      body: body instanceof Readable ? body : Readable.from([]),
      announcedBytes: Number(headers['content-length'] ?? 0),
    })
  }
  return async (server) => {
    server.removeAllContentTypeParsers()
    server.addContentTypeParser('*', (_request, body, done) => done(null, body))
    server.put<UploadRoute>('/:endpointId/uploads/:ticket', async (request, reply) => {
      await underWay.add(receive(request))
      return reply.code(201).send()
    })
  }
}

function refuseOthers(caller: Caller): void {
  if (mayPublish(caller)) return
  throw new GatewayError('FORBIDDEN', 'Publishing needs the role publisher, admin or operator')
}
