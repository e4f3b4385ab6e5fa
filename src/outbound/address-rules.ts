/** Which addresses may be connected to: public ones, and the hosts that the operator names. */
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import ipaddr from 'ipaddr.js'
import { GatewayError } from '../domain/errors.js'

export interface AddressRules {
  /** @throws GatewayError `OUTBOUND_REFUSED` when the host is an address that is not public */
  refuseUrl(url: URL): void
  /** For `net.connect`: fails when any address of a name is not public. */
  readonly lookup: (hostname: string, options: LookupOptions, callback: LookupCallback) => void
}

type LookupCallback = (
  error: Error | null,
  address: string | LookupAddress[],
  family?: number,
) => void

/** Public by its number, and yet what a cloud tells its own machines alone. */
const CLOUD_INTERNAL: ReadonlySet<string> = new Set(['168.63.129.16'])

export function createAddressRules(allowed: readonly string[]): AddressRules {
  const names = new Set(allowed.map((entry) => entry.toLowerCase()))
  /** The port is not known where names are looked up: `refuseUrl` has seen it. */
  const hosts = new Set([...names].map((name) => name.replace(/:\d+$/, '')))
  return {
    refuseUrl: (url) => {
      const host = url.hostname.replace(/^\[|\]$/g, '')
      if (names.has(host) || names.has(`${url.hostname}:${portOf(url)}`)) return
      const isNamedElsewhere = hosts.has(host)
      if (isNamedElsewhere || (ipaddr.isValid(host) && !isPublic(host))) throw refusedHost(host)
    },
    lookup: (hostname, options, callback) => {
      dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) return callback(error, '')
        const isAllowed = hosts.has(hostname.toLowerCase())
        if (!isAllowed && !addresses.every(({ address }) => isPublic(address)))
          return callback(refusedHost(hostname), '')
        if (options.all === true) return callback(null, addresses)
        const [first] = addresses
        callback(null, first?.address ?? '', first?.family)
      })
    },
  }
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port
  return protocol === 'https:' ? '443' : '80'
}

/** Loopback, private, link-local, shared, multicast and mapped addresses are all no `unicast`. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  return parsed.range() === 'unicast' && !CLOUD_INTERNAL.has(parsed.toString())
}

/** The address is not told: a name that resolves inside is nobody's business. */
function refusedHost(host: string): GatewayError {
  return new GatewayError(
    'OUTBOUND_REFUSED',
    `fetch: ${host.slice(0, 100)} is not a public address, or not one that may be reached`,
  )
}
