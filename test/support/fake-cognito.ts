import { createHmac, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { startTestIssuer, type TestIssuer } from './test-issuer.js'

export const CLIENT_ID = '3n4b5urk1ft4fl3mg5e62d9ado'

export interface FakeUser {
  readonly password: string
  readonly sub: string
  readonly groups: readonly string[]
  /** Cognito's own name of the error that it answers with. */
  readonly trouble?: string | undefined
  /** Cognito's own name of what it asks for before it gives tokens. */
  readonly challenge?: string | undefined
}

export interface FakeCognito extends Pick<
  TestIssuer,
  'issuer' | 'sign' | 'rotate' | 'stop' | 'asked'
> {
  /** Of its API. */
  readonly endpoint: string
  readonly poolId: string
  readonly users: Map<string, FakeUser>
  /** Refresh tokens that are good, and whose. */
  readonly refreshTokens: Map<string, string>
  /** Of the app client: requests have to prove that they know it. */
  clientSecret: string | undefined
}

/** Errors come with the status and the members of Amazon's, `__type` and all. */
class Refusal extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

/** A user pool at its HTTP endpoint: `InitiateAuth`, `RevokeToken`, and the pool's JWK Set. */
export async function startFakeCognito(poolId = 'eu-west-1_Ab12Cd34E'): Promise<FakeCognito> {
  const users = new Map<string, FakeUser>()
  const refreshTokens = new Map<string, string>()

  const tokensFor = async (username: string, user: FakeUser) => {
    const claims = {
      sub: user.sub,
      username,
      token_use: 'access',
      client_id: CLIENT_ID,
      scope: 'aws.cognito.signin.user.admin',
      'cognito:groups': user.groups,
      jti: randomUUID(),
    }
    const AccessToken = await issuer.sign(claims, { header: { typ: undefined } })
    return { AccessToken, ExpiresIn: 600, TokenType: 'Bearer' }
  }
  const userOf = ({ AuthFlow, AuthParameters: given }: InitiateAuth): [string, FakeUser] => {
    const isRefresh = AuthFlow === 'REFRESH_TOKEN_AUTH'
    const holder = refreshTokens.get(given['REFRESH_TOKEN'] ?? '')
    const username = (isRefresh ? holder : given['USERNAME']) ?? ''
    const user = users.get(username)
    if (isRefresh && user === undefined)
      throw new Refusal('NotAuthorizedException', 'Invalid Refresh Token')
    proveSecret(username, given['SECRET_HASH'])
    if (user === undefined) throw new Refusal('UserNotFoundException', 'User does not exist.')
    refuseTroubled(user)
    if (!isRefresh && user.password !== given['PASSWORD'])
      throw new Refusal('NotAuthorizedException', 'Incorrect username or password.')
    return [username, user]
  }
  const initiateAuth = async (asked: InitiateAuth) => {
    if (asked.ClientId !== CLIENT_ID)
      throw new Refusal('ResourceNotFoundException', 'User pool client does not exist.')
    const challenge = users.get(asked.AuthParameters['USERNAME'] ?? '')?.challenge
    if (challenge !== undefined)
      return { ChallengeName: challenge, Session: 'session', ChallengeParameters: {} }
    const [username, user] = userOf(asked)
    const tokens = await tokensFor(username, user)
    if (asked.AuthFlow === 'REFRESH_TOKEN_AUTH')
      return { AuthenticationResult: tokens, ChallengeParameters: {} }
    const RefreshToken = `eyJjdHkiOiJKV1Qi.${randomUUID()}.x.y.z`
    refreshTokens.set(RefreshToken, username)
    return { AuthenticationResult: { ...tokens, RefreshToken }, ChallengeParameters: {} }
  }
  const proveSecret = (username: string, hash: string | undefined) => {
    if (fake.clientSecret === undefined) return
    const right = createHmac('sha256', fake.clientSecret).update(username + CLIENT_ID)
    if (hash !== right.digest('base64'))
      throw new Refusal(
        'NotAuthorizedException',
        `Unable to verify secret hash for client ${CLIENT_ID}`,
      )
  }
  const revokeToken = ({ Token, ClientSecret }: { Token: string; ClientSecret?: string }) => {
    if (ClientSecret !== fake.clientSecret)
      throw new Refusal('NotAuthorizedException', 'Invalid client credentials.')
    refreshTokens.delete(Token)
    return {}
  }
  const answer = async (request: IncomingMessage): Promise<object> => {
    const target = request.headers['x-amz-target']
    const body: unknown = await json(request)
    if (target === 'AWSCognitoIdentityProviderService.InitiateAuth')
      return initiateAuth(body as InitiateAuth)
    if (target === 'AWSCognitoIdentityProviderService.RevokeToken')
      return revokeToken(body as { Token: string })
    throw new Refusal('UnknownOperationException', '')
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      send(response, 200, await answer(request))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      response.setHeader('x-amzn-errortype', `${error.type}:`)
      send(response, 400, { __type: error.type, message: error.message })
    }
  }
  const path = `/${poolId}`
  const issuer = await startTestIssuer({
    path,
    jwksPath: `${path}/.well-known/jwks.json`,
    others: (request, response) => void serve(request, response),
  })
  const fake: FakeCognito = {
    endpoint: issuer.issuer.slice(0, -path.length),
    issuer: issuer.issuer,
    poolId,
    users,
    refreshTokens,
    clientSecret: undefined,
    asked: issuer.asked,
    sign: issuer.sign,
    rotate: issuer.rotate,
    stop: issuer.stop,
  }
  return fake
}

function refuseTroubled({ trouble }: FakeUser): void {
  // The one error that has the name of another.
  if (trouble === 'LockedOut')
    throw new Refusal('NotAuthorizedException', 'Password attempts exceeded')
  if (trouble !== undefined) throw new Refusal(trouble, 'As Cognito says it.')
}

interface InitiateAuth {
  readonly AuthFlow: string
  readonly ClientId: string
  readonly AuthParameters: Record<string, string>
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
  response.end(JSON.stringify(body))
}
