/** The settings of foreign issuers → what verifies their tokens, and what clients are told of them. */
import type { SignIns } from './accounts/accounts.js'
import type { Audit } from './audit/audit.js'
import { createResources, type Resources, type TokenVerifier } from './auth/auth.js'
import type { Config } from './config/config.js'
import { regionOfPool } from './config/issuer-settings.js'
import {
  createCognitoClient,
  createCognitoSignIns,
  createCognitoTokens,
  createOidcTokens,
  type IssuerParts,
} from './issuers/issuers.js'

export interface Issuers {
  /** Of each foreign provider that is chosen. */
  readonly verifiers: readonly TokenVerifier[]
  /** Present when passwords are Cognito's. */
  readonly signIns?: SignIns | undefined
}

const SCOPES = ['mcp:read', 'mcp:call', 'mcp:publish', 'mcp:admin']

/** What the endpoints are called, and where tokens for them come from. */
export function openResources(config: Config): Resources {
  const oidc = config.AUTH_PROVIDER.includes('oidc') ? config.OIDC_ISSUER : undefined
  const own = [oidc, cognitoIssuer(config)].filter((issuer) => issuer !== undefined)
  const { PUBLIC_URL: publicUrl, AUTHORIZATION_SERVERS: authorizationServers = own } = config
  // A user pool knows scopes only by the names of its own resource servers, and refuses others.
  const knowsScopes = authorizationServers.some((issuer) => issuer !== cognitoIssuer(config))
  return createResources({
    publicUrl,
    authorizationServers,
    scopes: knowsScopes ? SCOPES : undefined,
  })
}

export function openIssuers(
  config: Config,
  parts: IssuerParts & { readonly audit: Pick<Audit, 'note'> },
): Issuers {
  const oidc = openOidc(config, parts)
  const cognito = openCognito(config, parts)
  const { AUTH_PROVIDER: chosen } = config
  return {
    verifiers: [oidc, cognito].filter((verifier) => verifier !== undefined),
    signIns:
      cognito === undefined || chosen.includes('local')
        ? undefined
        : openCognitoSignIns(config, { ...parts, tokens: cognito }),
  }
}

function openOidc(config: Config, parts: IssuerParts): TokenVerifier | undefined {
  const { OIDC_ISSUER: issuer } = config
  if (!config.AUTH_PROVIDER.includes('oidc') || issuer === undefined) return undefined
  const rules = {
    issuer,
    audience: config.OIDC_AUDIENCE,
    requiredClaims: config.OIDC_REQUIRED_CLAIMS ?? [],
    userClaim: config.OIDC_USER_CLAIM,
    endpointClaim: config.OIDC_ENDPOINT_CLAIM,
    rolesClaim: config.OIDC_ROLES_CLAIM,
    roleMap: config.OIDC_ROLE_MAP ?? [],
    defaultRole: config.OIDC_DEFAULT_ROLE,
    ownEndpointId: config.MCP_ENDPOINT_ID,
  }
  return createOidcTokens(rules, parts)
}

function openCognito(config: Config, parts: IssuerParts): TokenVerifier | undefined {
  const issuer = cognitoIssuer(config)
  const { COGNITO_APP_CLIENT_ID: clientIds = [] } = config
  if (issuer === undefined) return undefined
  return createCognitoTokens({ issuer, clientIds }, parts)
}

function openCognitoSignIns(
  config: Config,
  parts: Omit<Parameters<typeof createCognitoSignIns>[0], 'client'>,
): SignIns | undefined {
  const [clientId] = config.COGNITO_APP_CLIENT_ID ?? []
  if (clientId === undefined) return undefined
  const { COGNITO_APP_CLIENT_SECRET: clientSecret, COGNITO_ENDPOINT: endpoint } = config
  const client = createCognitoClient({ region: regionOf(config), clientId, clientSecret, endpoint })
  return createCognitoSignIns({ ...parts, client })
}

/** @returns undefined when Cognito is not chosen */
function cognitoIssuer(config: Config): string | undefined {
  const { COGNITO_USER_POOL_ID: poolId, COGNITO_ENDPOINT: endpoint } = config
  if (!config.AUTH_PROVIDER.includes('cognito') || poolId === undefined) return undefined
  const home = endpoint ?? `https://cognito-idp.${regionOf(config)}.amazonaws.com`
  return `${home.replace(/\/+$/, '')}/${poolId}`
}

/** The pool's own one goes first: the gateway may run in another. Emulators take any. */
function regionOf({ COGNITO_USER_POOL_ID: poolId = '', AWS_REGION }: Config): string {
  return regionOfPool(poolId) ?? AWS_REGION ?? 'us-east-1'
}
