/**
 * What are our endpoints called in the world? Each is a protected resource of its own (RFC 9728):
 * tokens name its URL as their audience, and its metadata name who issues such tokens.
 */
import { isEndpointId } from '../domain/caller.js'

export interface Resources {
  /** Those who issue tokens for the endpoints; without any there is no metadata. */
  readonly authorizationServers: readonly string[]
  /** What clients may ask them for; absent where those servers know no such scopes. */
  readonly scopes?: readonly string[] | undefined
  /** That clients use this URL, unless another one is set. */
  listensOn(url: string): void
  /** Each URL of an endpoint; none while it is not known under which URL clients come. */
  urisOf(endpointId: string): readonly string[]
  /** @param path below the gateway's URL: `/acme/mcp`, or `/mcp` */
  find(path: string): Resource | undefined
  /** @param path that follows `METADATA_PATH`, which comes before the path of the gateway's URL */
  describedAt(path: string): Resource | undefined
}

export interface Resource {
  /** What tokens are to name as their audience. */
  readonly uri: string
  /** Where its metadata are. */
  readonly metadataUrl: string
  readonly endpointId: string
}

export interface ResourcesOptions extends Pick<Resources, 'authorizationServers' | 'scopes'> {
  /** The URL that clients use, without a slash at its end. */
  readonly publicUrl?: string | undefined
}

export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/** Served at `/mcp` too. */
const DEFAULT_ENDPOINT = 'default'
const SHORT_PATH = '/mcp'

export function createResources({
  publicUrl,
  authorizationServers,
  scopes,
}: ResourcesOptions): Resources {
  let base = publicUrl
  const find = (path: string): Resource | undefined => {
    const endpointId = path === SHORT_PATH ? DEFAULT_ENDPOINT : endpointIn(path)
    if (base === undefined || endpointId === undefined) return undefined
    const { origin } = new URL(base)
    const metadataUrl = `${origin}${METADATA_PATH}${pathOf(base)}${path}`
    return { uri: `${base}${path}`, metadataUrl, endpointId }
  }
  return {
    authorizationServers,
    scopes,
    listensOn: (url) => {
      base ??= url
    },
    urisOf: (endpointId) => {
      const paths = endpointId === DEFAULT_ENDPOINT ? [SHORT_PATH] : []
      return [`/${endpointId}/mcp`, ...paths].flatMap((path) => find(path)?.uri ?? [])
    },
    find,
    describedAt: (path) => {
      const prefix = base === undefined ? '' : pathOf(base)
      return find(path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path)
    },
  }
}

/** Without a slash at its end: empty for the root. */
function pathOf(url: string): string {
  const { pathname } = new URL(url)
  return pathname === '/' ? '' : pathname
}

const ENDPOINT_PATH = /^\/([^/]+)\/mcp$/

function endpointIn(path: string): string | undefined {
  const [, endpointId] = ENDPOINT_PATH.exec(path) ?? []
  return endpointId !== undefined && isEndpointId(endpointId) ? endpointId : undefined
}
