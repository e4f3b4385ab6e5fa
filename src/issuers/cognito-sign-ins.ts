/**
 * Signing in with a password that a Cognito user pool knows: what is typed is handed to the pool,
 * and what it answers to the client. Nothing of it is kept.
 */
import { decodeJwt } from 'jose'
import type { SignedIn, SignIns } from '../accounts/accounts.js'
import type { Audit } from '../audit/audit.js'
import { invalidToken, type TokenVerifier } from '../auth/auth.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { Log } from '../telemetry/telemetry.js'
import { createPoolCalls } from './cognito-calls.js'
import type { CognitoClient, CognitoTokens } from './cognito-client.js'

export interface CognitoSignInParts {
  readonly client: CognitoClient
  /** Of the same pool. */
  readonly tokens: Pick<TokenVerifier, 'verify'>
  readonly audit: Pick<Audit, 'note'>
  readonly log: Log
}

type GivenPassword = Parameters<SignIns['signIn']>[1]

/** Beside an endpoint's id, what an audit event says. */
interface Happened {
  readonly actor: string
  readonly action: string
  readonly address: string
}

export function createCognitoSignIns({ client, tokens, audit, log }: CognitoSignInParts): SignIns {
  const note = (endpointId: EndpointId, happened: Happened) =>
    audit.note({ endpointId, ...happened })

  /** @throws GatewayError `FORBIDDEN` for one who has no group of this endpoint */
  const give = async (endpointId: EndpointId, given: CognitoTokens, before?: RefreshToken) => {
    const { userId, roles } = await tokens.verify(given.accessToken, endpointId)
    const refreshToken = write({
      username: before?.username ?? usernameIn(given.accessToken),
      token: given.refreshToken ?? before?.token ?? '',
    })
    const { accessToken, expiresInS } = given
    const signedIn: SignedIn = { accessToken, expiresInS, refreshToken, roles }
    return { userId, signedIn }
  }
  const prove = async (endpointId: EndpointId, { username, password }: GivenPassword) => {
    const given = await client.signIn(username, password)
    try {
      return await give(endpointId, given)
    } catch (error) {
      // Nobody gets it; should that fail, nobody has it all the same.
      if (given.refreshToken !== undefined)
        await client.revoke(given.refreshToken).catch(() => undefined)
      throw error
    }
  }
  const calls = createPoolCalls(log)
  return {
    signIn: (endpointId, password, { address }) =>
      calls(address, async () => {
        try {
          const { userId, signedIn } = await prove(endpointId, password)
          note(endpointId, { actor: userId, action: 'signin', address })
          return signedIn
        } catch (error) {
          if (isRefusal(error))
            note(endpointId, { actor: 'anonymous', action: 'signin.refused', address })
          throw error
        }
      }),
    refresh: (endpointId, refreshToken, { address }) =>
      calls(address, async () => {
        const before = read(refreshToken)
        const given = await client.refresh(before.username, before.token)
        return (await give(endpointId, given, before)).signedIn
      }),
    end: (endpointId, refreshToken, { address }) =>
      calls(address, async () => {
        await client.revoke(read(refreshToken).token)
        // Whose token it was, and whether it was one, nothing proves.
        note(endpointId, { actor: 'anonymous', action: 'signout', address })
        return false
      }),
    // Its tokens name no sign-in of ours.
    endById: async () => undefined,
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof GatewayError && error.code !== 'ACCOUNTS_UNAVAILABLE'
}

/** Cognito asks an app client with a secret whose token it is, and does not say so in the token. */
interface RefreshToken {
  readonly username: string
  readonly token: string
}

/** Those of Cognito hold dots, but no `~`. */
const SEPARATOR = '~'

function write({ username, token }: RefreshToken): string {
  return `${Buffer.from(username).toString('base64url')}${SEPARATOR}${token}`
}

function read(text: string): RefreshToken {
  const at = text.indexOf(SEPARATOR)
  if (at < 0 || at === text.length - 1)
    throw new GatewayError('UNAUTHENTICATED', 'The refresh token is not good: sign in')
  const username = Buffer.from(text.slice(0, at), 'base64url').toString('utf8')
  return { username, token: text.slice(at + 1) }
}

/** Of a token that has just been verified. */
function usernameIn(accessToken: string): string {
  const { username } = decodeJwt(accessToken)
  if (typeof username !== 'string') throw invalidToken()
  return username
}
