/**
 * `GET /.well-known/oauth-protected-resource/{endpoint_id}/mcp`: what an endpoint is called, and who
 * issues tokens for it (RFC 9728). Without a path it is that of `/mcp`.
 *
 * It is the same for everybody, and for endpoints that there are none of. Any page may read it.
 */
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { METADATA_PATH, type Resource, type Resources } from '../auth/auth.js'
import type { ServerInfo } from '../protocol/protocol.js'

export interface MetadataParts {
  readonly resources: Resources
  readonly server: ServerInfo
}

interface MetadataRoute {
  Params: { '*'?: string }
}

export function metadataRoutes({ resources, server }: MetadataParts): FastifyPluginAsync {
  const answer = (resource: Resource | undefined, reply: FastifyReply) => {
    if (resource === undefined || resources.authorizationServers.length === 0)
      return reply.code(404).send({ error: 'Not found' })
    return reply.send(toMetadata(resource, resources, server))
  }
  return async (instance) => {
    instance.get(METADATA_PATH, (_request, reply) => answer(resources.find('/mcp'), reply))
    instance.get<MetadataRoute>(`${METADATA_PATH}/*`, ({ params }, reply) =>
      answer(resources.describedAt(`/${params['*'] ?? ''}`), reply),
    )
  }
}

/** True for what any page may read, whatever its origin. */
export function isMetadataUrl(url: string): boolean {
  return url === METADATA_PATH || url.startsWith(`${METADATA_PATH}/`)
}

function toMetadata(resource: Resource, resources: Resources, server: ServerInfo): object {
  return {
    resource: resource.uri,
    authorization_servers: resources.authorizationServers,
    scopes_supported: resources.scopes,
    bearer_methods_supported: ['header'],
    resource_name: `${server.title ?? server.name}: ${resource.endpointId}`,
  }
}
