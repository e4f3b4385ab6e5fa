import { parseArgs } from 'node:util'
import { isReservedSubject } from '../accounts/accounts.js'
import { createLocalTokens } from '../auth/auth.js'
import { readConfig } from '../config/config.js'
import { readKeyFiles } from '../config/key-files.js'
import { systemClock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import { atGateway } from './at-endpoint.js'
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
  const userId = values.user
  if (userId.length < 1 || userId.length > MAX_USER_CHARS)
    throw new UsageError(`--user: must have 1 to ${MAX_USER_CHARS} characters`)
  if (isReservedSubject(userId))
    throw new UsageError('--user: must not be an operator, a key or a user of another issuer')
  const hours = Number(values.hours)
  if (!Number.isInteger(hours) || hours < 1 || hours > MAX_HOURS)
    throw new UsageError(`--hours: must be a whole number from 1 to ${MAX_HOURS}`)
  const tokens = createLocalTokens(secrets.jwtSecretKey, systemClock, {
    keys: readKeyFiles(config),
    issuer: config.PUBLIC_URL,
  })
  await atGateway(program, values.endpoint, async ({ users }, endpointId) => {
    const user = await users.readTrace(endpointId, userId)
    if (user?.isDisabled === true) throw new GatewayError('CONFLICT', 'The user is disabled')
    const expiresAt = systemClock.now() + hours * HOUR_MS
    // Under an older epoch it would be refused at once.
    const subject = { userId, endpointId, expiresAt, epoch: user?.epoch }
    program.stdout.write(`${await tokens.sign({ ...subject, roles: ['caller'] })}\n`)
  })
}
