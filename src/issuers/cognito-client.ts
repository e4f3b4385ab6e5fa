/** Amazon Cognito's API, as much of it as signing in takes. */
import { createHmac } from 'node:crypto'
import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider'
import { refusalOf } from './cognito-refusals.js'

/** The app client that signs users in. */
export interface CognitoApp {
  readonly region: string
  readonly clientId: string
  /** Where the app client has one. */
  readonly clientSecret?: string | undefined
  /** Another address than AWS's own. */
  readonly endpoint?: string | undefined
}

export interface CognitoTokens {
  readonly accessToken: string
  readonly expiresInS: number
  /** Absent when the one that was used stays good. */
  readonly refreshToken?: string | undefined
}

export interface CognitoClient {
  /** @throws GatewayError by what the pool says against it, as the next one does */
  signIn(username: string, password: string): Promise<CognitoTokens>
  /** @param username as in the access token; of no matter to an app client without a secret */
  refresh(username: string, refreshToken: string): Promise<CognitoTokens>
  /** The refresh token, and the access tokens that came from it, are refused by Cognito then. */
  revoke(refreshToken: string): Promise<void>
}

const MAX_ATTEMPTS = 2

/** For each request, in milliseconds. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true }

/** The SDK takes a while to load, and a gateway where nobody signs in this way never needs it. */
export function createCognitoClient(app: CognitoApp): CognitoClient {
  const open = once(async () => {
    const sdk = await import('@aws-sdk/client-cognito-identity-provider')
    const { region, endpoint } = app
    const at = endpoint === undefined ? {} : { endpoint }
    const client = new sdk.CognitoIdentityProviderClient({
      region,
      ...at,
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: TIMEOUTS,
    })
    return { sdk, client }
  })
  const initiate = async (
    AuthFlow: 'USER_PASSWORD_AUTH' | 'REFRESH_TOKEN_AUTH',
    AuthParameters: Record<string, string>,
  ): Promise<CognitoTokens> => {
    const { sdk, client } = await open()
    const { clientId: ClientId } = app
    const command = new sdk.InitiateAuthCommand({ AuthFlow, ClientId, AuthParameters })
    const answer = await client.send(command).catch((error: unknown) => {
      throw refusalOf(error, AuthFlow)
    })
    return toTokens(answer.AuthenticationResult, answer.ChallengeName)
  }
  return {
    signIn: (USERNAME, PASSWORD) =>
      initiate('USER_PASSWORD_AUTH', { USERNAME, PASSWORD, ...secretHash(app, USERNAME) }),
    refresh: (username, REFRESH_TOKEN) =>
      initiate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN, ...secretHash(app, username) }),
    revoke: async (Token) => {
      const { sdk, client } = await open()
      const { clientId: ClientId, clientSecret: ClientSecret } = app
      const command = new sdk.RevokeTokenCommand({ Token, ClientId, ClientSecret })
      await client.send(command).catch((error: unknown) => {
        throw refusalOf(error, 'REVOKE')
      })
    },
  }
}

function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opened: Promise<Value> | undefined
  return () => (opened ??= open())
}

/** Proves that the request comes from the app client. */
function secretHash({ clientId, clientSecret }: CognitoApp, username: string) {
  if (clientSecret === undefined) return {}
  const hash = createHmac('sha256', clientSecret).update(username + clientId)
  return { SECRET_HASH: hash.digest('base64') }
}

function toTokens(
  result: AuthenticationResultType | undefined,
  challenge: string | undefined,
): CognitoTokens {
  const { AccessToken: accessToken, ExpiresIn: expiresInS = 0, RefreshToken } = result ?? {}
  if (accessToken === undefined) throw refusalOf({ name: challenge }, 'USER_PASSWORD_AUTH')
  return { accessToken, expiresInS, refreshToken: RefreshToken }
}
