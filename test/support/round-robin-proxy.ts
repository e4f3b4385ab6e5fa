import { type AuthProxy, startAuthProxy } from './auth-proxy.js'

/**
 * One address for servers that share what they know: every request goes to the next one, whatever
 * connection it comes on, and gets the bearer token on the way.
 *
 * @param targets origins of the servers behind it, at least one
 */
export async function startRoundRobinProxy(
  targets: readonly [URL, ...URL[]],
  token: string,
): Promise<AuthProxy> {
  let count = 0
  return startAuthProxy(() => targets[count++ % targets.length] ?? targets[0], token)
}
