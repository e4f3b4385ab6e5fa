/** What an issuer says of itself: OpenID Connect Discovery 1.0, and RFC 8414. */
import { z } from 'zod'
import { isSecureUrl } from '../domain/secure-url.js'
import { fetchJson } from './fetch-json.js'

const Metadata = z.object({
  issuer: z.string(),
  jwks_uri: z.string().refine(isSecureUrl, 'is neither https nor on loopback'),
})

/**
 * Where an issuer's keys are.
 *
 * @throws AggregateError with what each of its documents lacked
 */
export async function discoverJwksUri(issuer: string): Promise<string> {
  const failures: unknown[] = []
  for (const url of metadataUrls(issuer))
    try {
      const metadata = Metadata.parse(await fetchJson(url))
      // RFC 8414, 3.3: otherwise anyone whom the issuer lets publish a file could speak for it.
      if (metadata.issuer !== issuer) throw new Error(`${url} names the issuer ${metadata.issuer}`)
      return metadata.jwks_uri
    } catch (error) {
      failures.push(error)
    }
  throw new AggregateError(failures, `${issuer} has no metadata that can be used`)
}

/** OpenID Connect appends its path to the issuer's, RFC 8414 puts it before that. */
function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}
