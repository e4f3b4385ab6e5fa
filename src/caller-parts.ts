/** Who calls, and who saw it? Accounts, keys, tokens, issuers and the audit, put together. */
import { openLocalAccounts, openLocalTokens, openSignIns } from './account-parts.js'
import {
  createRevocations,
  createStandings,
  type Revocations,
  type Standings,
  type UserChanges,
  type Users,
} from './accounts/accounts.js'
import { createDynamoUsers } from './accounts/dynamo-users.js'
import type { GatewayParts } from './app.js'
import type { AuditTrail } from './audit/audit.js'
import { createDynamoAudit, createDynamoAuditTrail } from './audit/dynamo-audit.js'
import {
  type Authenticator,
  createApiKeyVerifier,
  createBearerAuthenticator,
  createEventTickets,
  createStaticTokenCheck,
  type TokenVerifier,
  withNotedUses,
} from './auth/auth.js'
import type { Aws } from './aws/aws.js'
import type { Config } from './config/config.js'
import type { Clock } from './domain/clock.js'
import type { StateStore } from './domain/state-store.js'
import { openIssuers, openResources } from './issuer-parts.js'
import { createDynamoKeyRows } from './keys/dynamo-key-rows.js'
import { type ApiKeys, createApiKeys, createKeyUses } from './keys/keys.js'
import { openFailureLimit } from './limit-parts.js'
import type { Log } from './telemetry/telemetry.js'

/** For rows of the audit that wait at the end, in milliseconds. */
const LAST_ROWS_MS = 5000

export interface CallerStores {
  readonly aws: Aws
  readonly state: StateStore
  readonly clock: Clock
  readonly log: Log
}

export interface CallerOptions {
  /** Folder of the compiled product. */
  readonly built: URL
  readonly secrets?: AuthSecrets | undefined
}

export interface AuthSecrets {
  readonly jwtSecretKey: string
  readonly adminToken?: string | undefined
}

export interface Callers {
  /** What a gateway needs of them. */
  readonly parts: Pick<
    GatewayParts,
    'audit' | 'authenticator' | 'tickets' | 'resources' | 'signIns' | 'publicKeys'
  >
  /** What commands work on. */
  readonly records: {
    readonly users: Users
    readonly revocations: Revocations
    readonly userChanges: UserChanges
    readonly keys: ApiKeys
    readonly auditTrail: AuditTrail
  }
  /** When nobody is served any longer, and before the stores are closed. */
  close(): Promise<void>
}

export function openCallers(config: Config, given: CallerStores, options: CallerOptions): Callers {
  const { secrets, built } = options
  const { aws, clock } = given
  const audit = createDynamoAudit({ ...given, retentionDays: config.AUDIT_RETENTION_DAYS })
  const revocations = createRevocations(given)
  const stores = { ...given, audit, revocations, users: createDynamoUsers(aws) }
  const accounts = openLocalAccounts(config, stores, built)
  const keys = createApiKeys({ ...stores, rows: createDynamoKeyRows(aws, clock) })
  const keyUses = createKeyUses(stores)
  const tokens = secrets && openLocalTokens(config, secrets.jwtSecretKey)
  const resources = openResources(config)
  const issuers = openIssuers(config, { ...stores, resources })
  const verifiers = [createApiKeyVerifier(keys), ...issuers.verifiers]
  // Last, because it takes whatever looks like nobody else's.
  if (tokens !== undefined && config.AUTH_PROVIDER.includes('local')) verifiers.push(tokens)
  const standings = createStandings(stores)
  const open = () => openBearer(config, { ...stores, standings, verifiers }, secrets?.adminToken)
  return {
    parts: {
      audit,
      authenticator: secrets && withNotedUses(open(), { ...stores, keyUses }),
      tickets: createEventTickets({ ...given, standings }),
      resources,
      ...openSignIns(config, accounts, tokens),
      ...(issuers.signIns && { signIns: issuers.signIns }),
    },
    records: {
      users: stores.users,
      revocations,
      userChanges: accounts.changes,
      keys,
      auditTrail: createDynamoAuditTrail(aws),
    },
    close: async () => {
      await accounts.close()
      await keyUses.settled()
      await audit.close(LAST_ROWS_MS)
    },
  }
}

interface BearerStores extends CallerStores {
  readonly standings: Standings
  readonly verifiers: readonly TokenVerifier[]
}

function openBearer(
  config: Config,
  stores: BearerStores,
  adminToken: string | undefined,
): Authenticator {
  return createBearerAuthenticator({
    ...stores,
    failures: openFailureLimit(config, stores.clock),
    isAdminToken: adminToken === undefined ? undefined : createStaticTokenCheck(adminToken),
  })
}
