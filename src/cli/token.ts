import { parseArgs } from 'node:util'
import { createLocalTokens } from '../auth/auth.js'
import { ownersTenant } from '../auth/owner.js'
import { readConfig } from '../config/config.js'
import { readKeyFiles } from '../config/key-files.js'
import { ENDPOINT_ID_RULE, isEndpointId } from '../domain/caller.js'
import { systemClock } from '../domain/clock.js'
import type { Program } from './program.js'
import { demandAdminToken, readSecrets } from './secrets.js'
import { UsageError } from './usage-error.js'

const HOUR_MS = 3_600_000
const MAX_HOURS = 24 * 365
/** What a token may carry as its subject. */
const MAX_USER_CHARS = 128

/** Shows the admin token, or makes a token for a user of one endpoint. */
export async function token(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      user: { type: 'string' },
      endpoint: { type: 'string' },
      hours: { type: 'string', default: '24' },
    },
  })
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const secrets = readSecrets(config)
  if (values.user === undefined) {
    program.stdout.write(`${demandAdminToken(secrets)}\n`)
    return
  }
  if (!config.AUTH_PROVIDER.includes('local'))
    throw new UsageError('--user: AUTH_PROVIDER is without local, so such a token is good nowhere')
  const endpointId = values.endpoint ?? config.MCP_ENDPOINT_ID
  if (!isEndpointId(endpointId)) throw new UsageError(`--endpoint: must be ${ENDPOINT_ID_RULE}`)
  if (values.user.length < 1 || values.user.length > MAX_USER_CHARS)
    throw new UsageError(`--user: must have 1 to ${MAX_USER_CHARS} characters`)
  const hours = Number(values.hours)
  if (!Number.isInteger(hours) || hours < 1 || hours > MAX_HOURS)
    throw new UsageError(`--hours: must be a whole number from 1 to ${MAX_HOURS}`)
  const tokens = createLocalTokens(secrets.jwtSecretKey, systemClock, {
    keys: readKeyFiles(config),
    issuer: config.PUBLIC_URL,
  })
  const signed = await tokens.sign({
    userId: values.user,
    endpointId: ownersTenant(endpointId),
    roles: ['caller'],
    expiresAt: systemClock.now() + hours * HOUR_MS,
  })
  program.stdout.write(`${signed}\n`)
}
