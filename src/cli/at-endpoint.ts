/** What commands on an endpoint have in common: where they work, and what they say of packages. */
import { ownersTenant } from '../auth/owner.js'
import { type Config, readConfig, usesAws } from '../config/config.js'
import type { Bundling } from '../bundling/bundling.js'
import { ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Published, Publishing } from '../publishing/publishing.js'
import { createLog } from '../telemetry/telemetry.js'
import type { OpenGateway, Program } from './program.js'
import { UsageError } from './usage-error.js'

/** Of a version in what is printed; as many characters name one again. */
const SHOWN_CHARS = 12

/** The audit's name for whoever has the data folder, or the cloud account. */
export const CLI_ACTOR = 'cli'

/**
 * Opens a gateway that serves nobody, for the time of one piece of work.
 *
 * @param endpointId as typed, or undefined for `MCP_ENDPOINT_ID`
 */
export async function atGateway(
  program: Program,
  endpointId: string | undefined,
  work: (gateway: OpenGateway, endpointId: EndpointId, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const chosen = endpointId ?? config.MCP_ENDPOINT_ID
  if (!isEndpointId(chosen)) throw new UsageError(`--endpoint: must be ${ENDPOINT_ID_RULE}`)
  const gateway = program.open(config, { log: createLog('warn') })
  try {
    if (!usesAws(config)) await gateway.createTables()
    await work(gateway, ownersTenant(chosen), config)
  } finally {
    await gateway.close()
  }
}

/** The same, for work on packages. */
export function atEndpoint(
  program: Program,
  endpointId: string | undefined,
  work: (publishing: Publishing, endpointId: EndpointId, bundling: Bundling) => Promise<void>,
): Promise<void> {
  return atGateway(program, endpointId, ({ publishing, bundling }, chosen) =>
    work(publishing, chosen, bundling),
  )
}

/** What became of a version; what may surprise goes to standard error. */
export function printPublished(
  { stdout, stderr }: Pick<Program, 'stdout' | 'stderr'>,
  { ref, outcome, functions, warnings }: Published,
): void {
  for (const warning of warnings) stderr.write(`warning: ${warning}\n`)
  const counts = [
    count(functions.tools, 'tool'),
    count(functions.resources + functions.resourceTemplates, 'resource'),
    count(functions.prompts, 'prompt'),
  ]
  stdout.write(
    `${ref.packageName} ${shortHash(ref.sha256)} ${outcome} at endpoint ${ref.endpointId}: ${counts.join(', ')}\n`,
  )
}

export function shortHash(sha256: string): string {
  return sha256.slice(0, SHOWN_CHARS)
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
