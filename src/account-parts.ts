/** The settings of accounts and of the tokens made here → what signs in, and what proves it. */
import type { GatewayParts } from './app.js'
import {
  createLocalAccounts,
  type LocalAccounts,
  type LocalAccountsParts,
} from './accounts/accounts.js'
import { createLocalTokens, type LocalTokens } from './auth/auth.js'
import type { Config } from './config/config.js'
import { readKeyFiles } from './config/key-files.js'
import { systemClock } from './domain/clock.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** @param built folder of the compiled product */
export function openLocalAccounts(
  config: Config,
  parts: LocalAccountsParts,
  built: URL,
): LocalAccounts {
  return createLocalAccounts(parts, {
    passwordCost: config.PASSWORD_COST,
    passwordWorker: new URL('accounts/password-worker.js', built),
  })
}

/**
 * Where key pairs sign, tokens of the secret are good only when it was given on purpose.
 *
 * @throws ConfigError for a file of `JWT_KEY_FILES` that is no key
 */
export function openLocalTokens(config: Config, jwtSecretKey: string): LocalTokens {
  const keys = readKeyFiles(config)
  const secret = keys.length === 0 ? jwtSecretKey : config.JWT_SECRET_KEY
  return createLocalTokens(secret, systemClock, { keys, issuer: config.PUBLIC_URL })
}

/** Nothing where nobody's password is kept here. */
export function openSignIns(
  config: Config,
  accounts: LocalAccounts,
  tokens: LocalTokens | undefined,
): Pick<GatewayParts, 'signIns' | 'publicKeys'> {
  if (tokens === undefined || !config.AUTH_PROVIDER.includes('local')) return {}
  const signIns = accounts.signIns((subject) => tokens.sign(subject), {
    accessMs: config.ACCESS_TOKEN_MINUTES * MINUTE_MS,
    refreshMs: config.REFRESH_TOKEN_DAYS * DAY_MS,
  })
  return { signIns, publicKeys: tokens.publicKeys }
}
