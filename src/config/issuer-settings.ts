/** Whom does this process believe beside itself? Settings of foreign issuers of tokens. */
import { z } from 'zod'
import { FOREIGN_ROLES } from '../domain/foreign-role.js'
import { isSecureUrl } from '../domain/secure-url.js'
import { secureUrls, texts, pairs } from './lists.js'

const optionalText = z.string().optional()
const SECURE_URL = 'must be an https URL, or an http one on loopback'
/** To the character: issuers are compared, and a slash at the end is part of their name. */
const issuerUrl = z.string().refine(isSecureUrl, SECURE_URL).optional()
const role = z.enum(FOREIGN_ROLES, `must be ${FOREIGN_ROLES.join(', ')}`)

/** In the order of `--help`. */
export const issuerSettings = {
  COGNITO_USER_POOL_ID: optionalText.describe('with AUTH_PROVIDER=cognito: the user pool'),
  COGNITO_APP_CLIENT_ID: texts.describe(
    'with AUTH_PROVIDER=cognito: app clients whose tokens are accepted, separated by commas; the first one signs in',
  ),
  COGNITO_APP_CLIENT_SECRET: optionalText.describe('secret of the first of them, if it has one'),
  COGNITO_ENDPOINT: issuerUrl.describe('another Cognito endpoint: an emulator'),
  OIDC_ISSUER: issuerUrl.describe('with AUTH_PROVIDER=oidc: the issuer, as its tokens name it'),
  OIDC_AUDIENCE: optionalText.describe(
    "audience of its tokens that is accepted beside the endpoint's own URL",
  ),
  OIDC_REQUIRED_CLAIMS: pairs.describe(
    'what its tokens must claim, as CLAIM=VALUE separated by commas',
  ),
  OIDC_USER_CLAIM: z.string().default('sub').describe('claim that names the user'),
  OIDC_ENDPOINT_CLAIM: optionalText.describe(
    'claim that must name the endpoint, alone or in a list',
  ),
  OIDC_ROLES_CLAIM: optionalText.describe(
    'claim with roles, or ENDPOINT:ROLE; dots lead into objects',
  ),
  OIDC_ROLE_MAP: pairs.describe(
    'what values of OIDC_ROLES_CLAIM stand for, as VALUE=ROLE or VALUE=ENDPOINT:ROLE separated by commas',
  ),
  OIDC_DEFAULT_ROLE: role
    .optional()
    .describe('role of a token without OIDC_ROLES_CLAIM and without any mcp: scope'),
  AUTHORIZATION_SERVERS: secureUrls.describe(
    "issuers that clients are sent to for tokens, separated by commas; AUTH_PROVIDER's own when not set",
  ),
} as const

type Values = z.infer<z.ZodObject<typeof issuerSettings>> & {
  readonly AUTH_PROVIDER: readonly string[]
  readonly AWS_REGION?: string | undefined
  readonly HOST: string
  readonly PUBLIC_URL?: string | undefined
}

/** What is missing or too much among them. */
export function* issuerContradictions(values: Values): Generator<[string, string]> {
  if (values.AUTH_PROVIDER.includes('cognito')) yield* cognitoContradictions(values)
  if (values.AUTH_PROVIDER.includes('oidc')) yield* oidcContradictions(values)
}

function* cognitoContradictions(values: Values): Generator<[string, string]> {
  const needed = 'is needed with AUTH_PROVIDER=cognito'
  const { COGNITO_USER_POOL_ID: poolId } = values
  if (poolId === undefined) yield ['COGNITO_USER_POOL_ID', needed]
  if (values.COGNITO_APP_CLIENT_ID === undefined) yield ['COGNITO_APP_CLIENT_ID', needed]
  const hasRegion = values.AWS_REGION !== undefined || values.COGNITO_ENDPOINT !== undefined
  if (poolId !== undefined && regionOfPool(poolId) === undefined && !hasRegion)
    yield ['AWS_REGION', 'is needed with a COGNITO_USER_POOL_ID that names no region']
}

function* oidcContradictions(values: Values): Generator<[string, string]> {
  if (values.OIDC_ISSUER === undefined) yield ['OIDC_ISSUER', 'is needed with AUTH_PROVIDER=oidc']
  const { PUBLIC_URL: publicUrl, HOST: host, OIDC_AUDIENCE: audience } = values
  if (publicUrl === undefined && audience === undefined && !isSecureUrl(`http://${hostOf(host)}`))
    yield ['PUBLIC_URL', 'is needed with AUTH_PROVIDER=oidc: it is the audience of its tokens']
  if (values.OIDC_ROLE_MAP !== undefined && values.OIDC_ROLES_CLAIM === undefined)
    yield ['OIDC_ROLES_CLAIM', 'is needed with OIDC_ROLE_MAP']
  for (const { value } of values.OIDC_ROLE_MAP ?? [])
    if (!isRole(value.slice(value.indexOf(':') + 1)))
      yield ['OIDC_ROLE_MAP', `must map to ${FOREIGN_ROLES.join(', ')}, or to ENDPOINT:ROLE`]
}

function isRole(text: string): boolean {
  return FOREIGN_ROLES.some((known) => known === text)
}

function hostOf(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

const POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d+)_/

/** Amazon's pools are named after their region; emulators' need not be. */
export function regionOfPool(poolId: string): string | undefined {
  return POOL_ID.exec(poolId)?.[1]
}
