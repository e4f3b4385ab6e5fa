/**
 * `POST /{endpoint_id}/auth/login`, `…/refresh` and `…/logout`: signing in by password; and
 * `GET /.well-known/jwks.json`, which is there where key pairs sign.
 */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RIGHTS, roleFor, scopesFor } from '../access/access.js'
import type { SignedIn, SignIns } from '../accounts/accounts.js'
import {
  type Authenticator,
  createSignInDoor,
  type PublicKeys,
  type SignInDoor,
} from '../auth/auth.js'
import { ROLES, type Role } from '../domain/caller.js'
import { GatewayError } from '../domain/errors.js'
import type { UnderWay } from './mcp-parts.js'

export interface AuthRouteParts {
  readonly authenticator: Pick<Authenticator, 'authenticate' | 'guard'>
  /** Present where users have passwords. */
  readonly signIns?: SignIns | undefined
  /** Present where key pairs sign. */
  readonly publicKeys?: PublicKeys | undefined
  readonly underWay: UnderWay
}

interface AuthRoute {
  Params: { endpointId: string }
}

/** Names, passwords and tokens are short, also those of other issuers. */
const MAX_BODY_BYTES = 8192

/** How long others may keep the public keys, in seconds: a new one signs that much later at best. */
const KEYS_MAX_AGE_S = 300

const Login = z.object({ username: z.string().min(1).max(128), password: z.string().max(1024) })
/** A cloud's tokens are longer than ours. */
const Refresh = z.object({ refresh_token: z.string().max(4096) })

export function authRoutes(parts: AuthRouteParts): FastifyPluginAsync {
  const { signIns, publicKeys } = parts
  return async (server) => {
    if (signIns !== undefined) void server.register(signInRoutes(parts, createSignInDoor(signIns)))
    if (publicKeys === undefined) return
    server.get('/.well-known/jwks.json', async (_request, reply) =>
      reply
        .header('cache-control', `public, max-age=${KEYS_MAX_AGE_S}`)
        .type('application/json')
        .send(publicKeys),
    )
  }
}

function signInRoutes(
  { authenticator, underWay }: AuthRouteParts,
  signIns: SignInDoor,
): FastifyPluginAsync {
  const login = async ({ params, body, ip: address }: FastifyRequest<AuthRoute>) => {
    const given = readBody(Login, body)
    const signIn = () => signIns.signIn(params.endpointId, given, { address })
    return toJson(await authenticator.guard(address, signIn))
  }
  const refresh = async ({ params, body, ip: address }: FastifyRequest<AuthRoute>) => {
    const { refresh_token: token } = readBody(Refresh, body)
    const refreshed = () => signIns.refresh(params.endpointId, token, { address })
    return toJson(await authenticator.guard(address, refreshed))
  }
  const logout = async ({ params, headers, body, ip: address }: FastifyRequest<AuthRoute>) => {
    if (isSent(body)) {
      const { refresh_token: token } = readBody(Refresh, body)
      return authenticator.guard(address, async () => {
        if (await signIns.end(params.endpointId, token, { address })) return
        throw new GatewayError('UNAUTHENTICATED', 'There is no sign-in to end')
      })
    }
    const { credential } = await authenticator.authenticate(
      headers.authorization,
      params.endpointId,
      address,
    )
    if (credential?.signInId === undefined)
      throw new GatewayError('INVALID_REQUEST', 'This token comes from no sign-in')
    return signIns.endById(credential.home, credential.signInId, { address })
  }
  return async (server) => {
    const limits = { bodyLimit: MAX_BODY_BYTES }
    server.post<AuthRoute>('/:endpointId/auth/login', limits, (request) =>
      underWay.add(login(request)),
    )
    server.post<AuthRoute>('/:endpointId/auth/refresh', limits, (request) =>
      underWay.add(refresh(request)),
    )
    server.post<AuthRoute>('/:endpointId/auth/logout', limits, async (request, reply) => {
      await underWay.add(logout(request).catch((error: unknown) => nothingLeft(request, error)))
      return reply.code(204).send()
    })
  }
}

/** A token that is over has no sign-in left to end: who brings it hears no more than that. */
function nothingLeft({ headers, body }: FastifyRequest<AuthRoute>, error: unknown): void {
  const isOver = error instanceof GatewayError && error.code === 'UNAUTHENTICATED'
  if (!isOver || (headers.authorization === undefined && !isSent(body))) throw error
}

function isSent(body: unknown): boolean {
  return typeof body === 'string' && body !== ''
}

/** @throws GatewayError that names the field, and never quotes it */
function readBody<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  if (typeof body !== 'string')
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'Content-Type: must be application/json')
  const read = schema.safeParse(parse(body))
  if (read.success) return read.data
  const [issue] = read.error.issues
  const field = issue?.path.join('.') || 'body'
  throw new GatewayError('INVALID_REQUEST', `${field}: ${issue?.message ?? 'is not valid'}`)
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Without its cause, which quotes what was sent.
    throw new GatewayError('PARSE_ERROR', 'The body is not valid JSON')
  }
}

function toJson(signedIn: SignedIn) {
  return {
    access_token: signedIn.accessToken,
    token_type: 'Bearer',
    expires_in: signedIn.expiresInS,
    refresh_token: signedIn.refreshToken,
    refresh_expires_in: signedIn.refreshExpiresInS,
    scope: scopesOf(signedIn.roles),
  }
}

/** Of the highest role, which has the rights of those below it. */
function scopesOf(roles: readonly Role[]): string {
  const highest = Math.max(-1, ...roles.map((role) => ROLES.indexOf(role)))
  const right = RIGHTS.findLast((each) => highest >= ROLES.indexOf(roleFor(each)))
  return right === undefined ? '' : scopesFor(right)
}
