/** Which secrets seal the settings of bundles in the database. */
import { resolve } from 'node:path'
import { type Config, ConfigError, usesAws } from './config.js'
import { ensureLocalSettingsSecret } from './local-secrets.js'

interface SettingsSecret {
  readonly id: string
  readonly secret: string
}

/**
 * The first one seals, all of them open. `SETTINGS_KEYS` goes first; behind it a laptop has its
 * generated secret, the same for the gateway, a sidecar and each command on that data folder, and
 * then everybody the token key, where the environment has it.
 *
 * @throws ConfigError when there is none, which happens with AWS only
 */
export function settingsSecrets(config: Config): SettingsSecret[] {
  const { SETTINGS_KEYS: given = [], JWT_SECRET_KEY: jwt, DATA_DIR } = config
  const local = usesAws(config)
    ? []
    : [{ id: 'local', secret: ensureLocalSettingsSecret(resolve(DATA_DIR)) }]
  const fallbacks = [...local, ...(jwt === undefined ? [] : [{ id: 'jwt', secret: jwt }])]
  const ids = new Set(given.map(({ id }) => id))
  const secrets = [...given, ...fallbacks.filter(({ id }) => !ids.has(id))]
  if (secrets.length > 0) return secrets
  throw new ConfigError([
    'SETTINGS_KEYS or JWT_SECRET_KEY is needed with AWS, to seal and open the settings of bundles: the same as the gateway has',
  ])
}
