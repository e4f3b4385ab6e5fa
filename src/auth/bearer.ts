/** The `Authorization` header → the caller. */
import { LRUCache } from 'lru-cache'
import type { Standings } from '../accounts/accounts.js'
import { type Caller, ENDPOINT_ID_RULE, GATEWAY_HOME, isEndpointId } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { EndpointId } from '../domain/tenant.js'
import type { AddressFailures } from '../limits/limits.js'
import type { Log } from '../telemetry/telemetry.js'
import type { Authenticator, ProvenCaller, TokenVerifier } from './auth.js'
import { invalidToken } from './invalid-token.js'
import { createProofGuard } from './proof-guard.js'
import { hashToken } from './static-token.js'
import { tenantOf } from './tenant.js'
import { createWatch } from './watched-callers.js'

/** A verified token is remembered until it expires, 60 seconds at most. */
const REMEMBER_MS = 60_000
const MAX_REMEMBERED = 10_000

/** A token longer than this is refused unread: it is no token of ours. */
const MAX_TOKEN_CHARS = 8192

const OPERATOR_USER = 'operator'

export interface BearerParts {
  /** Constant-time; absent when no static token is configured. */
  readonly isAdminToken?: ((tokenHash: Buffer) => boolean) | undefined
  /** Asked in this order; the first that recognises a token judges it. */
  readonly verifiers: readonly TokenVerifier[]
  readonly standings: Standings
  /** Default: anybody may guess as often as they like. */
  readonly failures?: AddressFailures | undefined
  readonly clock: Clock
  readonly log: Log
}

export function createBearerAuthenticator(parts: BearerParts): Authenticator {
  const { isAdminToken, verifiers, standings, failures, clock } = parts
  const remembered = new LRUCache<string, ProvenCaller>({
    max: MAX_REMEMBERED,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf: clock,
  })
  const proofs = createProofGuard(failures, clock)
  /** Of what was taken back, when it was last seen that a caller stands. */
  const stoodAt = new WeakMap<Caller, string>()

  const prove = async (token: string, endpointId: EndpointId, key: string): Promise<Caller> => {
    const verifier = verifiers.find((each) => each.recognises(token))
    if (verifier === undefined) throw invalidToken()
    const caller = await verifier.verify(token, endpointId)
    const version = await standings.version(caller.credential.home)
    if (!(await standings.stands(caller.credential, caller.userId))) throw invalidToken()
    stoodAt.set(caller, version)
    remembered.set(key, caller)
    return caller
  }

  const lookAgain = async (caller: ProvenCaller, version: string, key: string): Promise<Caller> => {
    if (!(await standings.stands(caller.credential, caller.userId))) {
      remembered.delete(key)
      throw invalidToken()
    }
    stoodAt.set(caller, version)
    return caller
  }

  const find = async ({ key, address, proveNew }: Finding): Promise<Caller> => {
    const known = remembered.get(key)
    if (known === undefined || isOver(known, clock))
      return proofs.guardKnown(key, address, proveNew)
    const ahead = standings.version(known.credential.home)
    const version = typeof ahead === 'string' ? ahead : await ahead
    return version === stoodAt.get(known) ? known : lookAgain(known, version, key)
  }

  return {
    authenticate: async (authorization, endpointId, address) => {
      const token = readBearer(authorization)
      const hash = hashToken(token)
      if (isAdminToken?.(hash)) return operatorAt(tenantOf(endpointId))
      // What a token proves may depend on where it is used.
      const key = `${endpointId} ${hash.toString('latin1')}`
      return find({ key, address, proveNew: () => prove(token, tenantOf(endpointId), key) })
    },
    authenticateOperator: async (authorization, address) => {
      const token = readBearer(authorization)
      const hash = hashToken(token)
      if (isAdminToken?.(hash)) return theOperator(GATEWAY_HOME)
      // Shorter than any key of an endpoint, so none is ever taken for it.
      const key = hash.toString('latin1')
      const proveNew = async () => demandOperator(await prove(token, GATEWAY_HOME, key))
      return demandOperator(await find({ key, address, proveNew }))
    },
    guard: (address, proveOther) => proofs.guard(address, proveOther),
    watch: createWatch(parts, stoodAt),
  }
}

/** A caller to be found under a key, or else to be proven. */
interface Finding {
  readonly key: string
  readonly address: string | undefined
  readonly proveNew: () => Promise<Caller>
}

function isOver({ expiresAt = Infinity }: Caller, clock: Clock): boolean {
  return expiresAt <= clock.now()
}

function readBearer(authorization: string | undefined): string {
  if (authorization === undefined)
    throw new GatewayError('UNAUTHENTICATED', 'Send a bearer token in the Authorization header')
  const [scheme = '', token, ...more] = authorization.trim().split(/ +/)
  if (scheme.toLowerCase() !== 'bearer' || !token || more.length > 0)
    throw new GatewayError('UNAUTHENTICATED', 'Authorization: expected "Bearer" and one token')
  if (token.length > MAX_TOKEN_CHARS) throw invalidToken()
  return token
}

function operatorAt(endpointId: EndpointId): Caller {
  if (!isEndpointId(endpointId))
    throw new GatewayError('FORBIDDEN', `The endpoint id must be ${ENDPOINT_ID_RULE}`)
  return theOperator(endpointId)
}

function theOperator(endpointId: EndpointId): Caller {
  return { endpointId, userId: OPERATOR_USER, roles: ['operator'] }
}

/** Whatever vouches for a caller of the whole gateway is of the whole gateway, and makes an operator. */
function demandOperator(caller: Caller): Caller {
  const isOfGateway = caller.credential?.home === GATEWAY_HOME
  if (isOfGateway && caller.roles.includes('operator')) return caller
  throw new GatewayError('FORBIDDEN', 'Only operators of the whole gateway may do this')
}
