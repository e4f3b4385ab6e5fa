/**
 * Against DNS rebinding: by which names this server may be called. A page whose own name leads to
 * loopback sends that name as `Host`, and so it is told from a client that knows where it is.
 */
import type { IncomingHttpHeaders } from 'node:http'

export interface HostRules {
  /** True when the server listens on a loopback address only. */
  readonly isLoopback: boolean
  /** The URL that clients use, when it is not the address listened on. */
  readonly publicUrl?: string | undefined
  /** Names beside those, each with a port or for any port. */
  readonly allowedHosts?: readonly string[] | undefined
}

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * On loopback the loopback names, the public one and those allowed are served; on other addresses
 * any, unless some are allowed. `X-Forwarded-Host` counts for nothing.
 */
export function createHostRule(rules: HostRules): (headers: IncomingHttpHeaders) => boolean {
  const { isLoopback, publicUrl, allowedHosts } = rules
  if (!isLoopback && allowedHosts === undefined) return () => true
  const names = new Set((allowedHosts ?? []).map((name) => name.toLowerCase()))
  if (publicUrl !== undefined) names.add(new URL(publicUrl).host)
  return ({ host }) => {
    // Only HTTP/1.0 has none, and no browser speaks that.
    if (host === undefined) return true
    const name = host.toLowerCase()
    return names.has(name) || names.has(withoutPort(name)) || (isLoopback && isLoopbackHost(name))
  }
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, '')
}

function isLoopbackHost(host: string): boolean {
  return isLoopbackUrl(`http://${host}`)
}

/** A name and a port and nothing else: no user, no path, which parsers read in different ways. */
export function isLoopbackUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname, username, pathname } = new URL(url)
  return LOOPBACK_NAMES.has(hostname) && username === '' && pathname === '/'
}
