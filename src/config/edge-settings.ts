/** Through what do clients come? Settings of names, proxies, TLS and connections. */
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { isSecureUrl } from '../domain/secure-url.js'
import { hosts } from './lists.js'

const optionalText = z.string().optional()
const MAX_HOPS = 16
const HOPS = /^\d{1,2}$/

const proxies = z
  .string()
  .transform((text, context): number | string[] => {
    const addresses = text.split(',').map((entry) => entry.trim())
    if (HOPS.test(text) && Number(text) > 0 && Number(text) <= MAX_HOPS) return Number(text)
    if (addresses.every(isNetwork)) return addresses
    context.addIssue(
      `must be a list of addresses and networks like 10.0.0.0/8, or a number of proxies from 1 to ${MAX_HOPS}`,
    )
    return z.NEVER
  })
  .optional()

function isNetwork(text: string): boolean {
  return ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && !HOPS.test(text))
}

const CONNECTIONS = 'must be a whole number from 1 to 1000000'

/** In the order of `--help`. */
export const edgeSettings = {
  ALLOWED_HOSTS: hosts.describe(
    'names that clients may call it by, separated by commas; on loopback beside localhost, elsewhere any when not set',
  ),
  TRUST_PROXY: proxies.describe(
    'proxies whose X-Forwarded headers are believed: addresses and networks separated by commas, or how many there are in a row; nobody when not set',
  ),
  TLS_CERT_FILE: optionalText.describe(
    'PEM file of its certificate and those between: serves https',
  ),
  TLS_KEY_FILE: optionalText.describe('PEM file of the key of TLS_CERT_FILE'),
  MAX_CONNECTIONS: z.coerce
    .number(CONNECTIONS)
    .int(CONNECTIONS)
    .min(1, CONNECTIONS)
    .max(1_000_000, CONNECTIONS)
    .default(16_384)
    .describe('connections at a time; more are closed at once'),
} as const

type Values = z.infer<z.ZodObject<typeof edgeSettings>> & {
  readonly HOST: string
  readonly MCP_TRANSPORT: string
}

/** What does not go together, and what would send tokens over a network for others to read. */
export function* edgeContradictions(values: Values): Generator<[string, string]> {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TRUST_PROXY: proxy } = values
  if (cert !== undefined && key === undefined)
    yield ['TLS_KEY_FILE', 'is needed with TLS_CERT_FILE']
  if (key !== undefined && cert === undefined)
    yield ['TLS_CERT_FILE', 'is needed with TLS_KEY_FILE']
  const isServed = values.MCP_TRANSPORT === 'sse' && !isLoopback(values.HOST)
  if (isServed && cert === undefined && key === undefined && proxy === undefined)
    yield [
      'HOST',
      `${values.HOST} is no loopback address, and tokens would travel in the clear: set TLS_CERT_FILE and TLS_KEY_FILE, or TRUST_PROXY when a proxy in front of it ends TLS`,
    ]
}

/** An address, or the name, of this machine alone. */
export function isLoopback(host: string): boolean {
  return (
    isSecureUrl(`http://${host.includes(':') ? `[${host}]` : host}`) || /^127[\d.]+$/.test(host)
  )
}
