/** What a module's code may reach on the network. */

/**
 * `none`: nothing. `brokered`: public addresses, by a `fetch` that the gateway runs. `all`: whatever
 * the gateway's machine reaches. In order: each allows what the ones before it do.
 */
export const NETWORK_ACCESS = ['none', 'brokered', 'all'] as const

export type NetworkAccess = (typeof NETWORK_ACCESS)[number]

/** The lesser of what is asked for and what is granted. */
export function grantedNetwork(asked: NetworkAccess, most: NetworkAccess): NetworkAccess {
  return NETWORK_ACCESS.indexOf(asked) < NETWORK_ACCESS.indexOf(most) ? asked : most
}
