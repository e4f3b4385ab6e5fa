import { parseArgs } from 'node:util'
import { readConfig, usesAws } from '../config/config.js'
import { ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import { readBundleSource } from '../publishing/publishing.js'
import { createLog } from '../telemetry/telemetry.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'
import { readVariables } from './variables.js'

/** Publishes a ZIP, a bundle folder or a manifest file at an endpoint. */
export async function bundlePush(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { endpoint: { type: 'string' }, var: { type: 'string', multiple: true } },
  })
  const [path, ...more] = positionals
  if (path === undefined || more.length > 0) throw new UsageError('bundle push: expected one PATH')
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const endpointId = values.endpoint ?? config.MCP_ENDPOINT_ID
  if (!isEndpointId(endpointId)) throw new UsageError(`--endpoint: must be ${ENDPOINT_ID_RULE}`)
  const variables = readVariables(program.env, values.var)
  const zip = await readBundleSource(path)
  const gateway = program.open(config, { log: createLog('warn') })
  try {
    if (!usesAws(config)) await gateway.createTables()
    const { publishing } = gateway
    const published = await publishing.publish({ endpointId, zip, variables, actor: 'cli' })
    const { ref, outcome, functions } = published
    for (const warning of published.warnings) program.stderr.write(`warning: ${warning}\n`)
    const counts = [
      count(functions.tools, 'tool'),
      count(functions.resources + functions.resourceTemplates, 'resource'),
      count(functions.prompts, 'prompt'),
    ]
    program.stdout.write(
      `${ref.packageName} ${ref.sha256.slice(0, 12)} ${outcome} at endpoint ${endpointId}: ${counts.join(', ')}\n`,
    )
  } finally {
    await gateway.close()
  }
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
