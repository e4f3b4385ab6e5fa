/** Where requests come from, as far as one client can be told from another by that. */
import ipaddr from 'ipaddr.js'

/** What one client of an internet provider has as a rule, in parts of 16 bits. */
const IPV6_NETWORK_PARTS = 4

/** One IPv4 address, or the /64 of IPv6 that one client has; whatever else it is, as it is. */
export function clientNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const read = ipaddr.process(address)
  if (!(read instanceof ipaddr.IPv6)) return read.toString()
  return read.parts.slice(0, IPV6_NETWORK_PARTS).join(':')
}
