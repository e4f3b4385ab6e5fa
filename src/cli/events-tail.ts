import { parseArgs } from 'node:util'
import { type Config, ConfigError, readConfig } from '../config/config.js'
import { isLoopback } from '../config/edge-settings.js'
import { ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import { untilUnwanted, writeLines } from './end-of-reading.js'
import { toEventJson, toEventLine } from './event-lines.js'
import { hearEvents, type SourceChange } from './event-source.js'
import type { Program } from './program.js'
import { demandAdminToken, readSecrets } from './secrets.js'
import { UsageError } from './usage-error.js'

/** Prints what a running gateway tells of a user, as it happens, until it is interrupted. */
export async function eventsTail(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      endpoint: { type: 'string' },
      types: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const endpointId = values.endpoint ?? config.MCP_ENDPOINT_ID
  if (!isEndpointId(endpointId)) throw new UsageError(`--endpoint: must be ${ENDPOINT_ID_RULE}`)
  const base = values.url === undefined ? toBase(config) : readBase(values.url)
  const url = new URL(`${base}/${endpointId}/events`)
  if (values.types !== undefined) url.searchParams.set('types', readTypes(values.types))
  const token = readToken(program, config)
  const { stdout, stderr } = program
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replaceAll(/[[\]]/g, '')))
    stderr.write(`warning: the token goes to ${url.host} over plain HTTP, for others to read\n`)
  const signal = untilUnwanted(program)
  const onChange = (change: SourceChange) => stderr.write(`${toNews(change, url, endpointId)}\n`)
  const toLine = values.json ? toEventJson : toEventLine
  for await (const event of hearEvents({ url, token, signal, onChange }))
    await writeLines(stdout, [toLine(event)], signal)
}

function toNews(change: SourceChange, { origin }: URL, endpointId: string): string {
  if (change.type === 'cut') return `The connection was cut (${change.reason}): trying again`
  return change.type === 'back'
    ? 'Connected again'
    : `Events of endpoint ${endpointId} at ${origin}, as they happen; Ctrl+C ends this`
}

/** Where a gateway of this configuration is reached from here. */
function toBase({ PUBLIC_URL, HOST, PORT, TLS_CERT_FILE }: Config): string {
  if (PUBLIC_URL !== undefined) return PUBLIC_URL
  if (PORT === 0) throw new UsageError('--url: needed, for PORT is 0')
  const host = ANY_ADDRESS[HOST] ?? HOST
  const scheme = TLS_CERT_FILE === undefined ? 'http' : 'https'
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

/** Who listens on every address is reached at this one. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

function readBase(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && /^https?:\/\/[^@?#]+$/.test(url.href)
  if (isPlain) return url.href.replace(/\/+$/, '')
  throw new UsageError(
    '--url: expected the http or https URL of a gateway, such as http://127.0.0.1:8000',
  )
}

/** Which ones there are says the gateway: it may be another version. */
function readTypes(text: string): string {
  if (/^[a-z_.*]+(,[a-z_.*]+)*$/.test(text)) return text
  throw new UsageError('--types: expected a list such as call.*,catalog.changed')
}

/** Never an argument: every user of a machine sees those. */
function readToken({ env }: Pick<Program, 'env'>, config: Config): string {
  const token = env['MCP_TOKEN']?.trim() || demandAdminToken(readSecrets(config))
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new ConfigError(['MCP_TOKEN must be a token: printable characters without spaces'])
}
