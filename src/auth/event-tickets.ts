/**
 * Tickets for event streams: browsers' `EventSource` sends no headers, and tokens do not belong
 * into URLs. A ticket is good once, for one endpoint's event stream, for half a minute.
 */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Standings } from '../accounts/accounts.js'
import { type Caller, ROLES } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import { GatewayError } from '../domain/errors.js'
import type { StateKey, StateStore } from '../domain/state-store.js'
import type { EndpointId } from '../domain/tenant.js'
import { homeOf, tenantOf } from './tenant.js'

export interface EventTickets {
  issue(caller: Caller): Promise<EventTicket>
  /** @throws GatewayError `UNAUTHENTICATED` for a ticket that is unknown, over, used or another's */
  redeem(endpointId: string, ticket: string): Promise<Caller>
}

export interface EventTicket {
  readonly ticket: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

const TICKET_MS = 30_000
const TICKET_BYTES = 32
const MAX_TICKET_CHARS = 64

const Vouched = z.object({
  home: z.string().transform(homeOf),
  epoch: z.number(),
  signInId: z.string().optional(),
  keyId: z.string().optional(),
  issuedAt: z.number().optional(),
})

const Issued = z.object({
  userId: z.string(),
  roles: z.array(z.enum(ROLES)),
  /** Of the credentials that it was issued for: milliseconds since 1970. */
  callerExpiresAt: z.number().optional(),
  credential: Vouched.optional(),
  functions: z.array(z.string()).optional(),
  isUsed: z.boolean(),
})

export interface EventTicketsParts {
  readonly state: StateStore
  readonly standings: Pick<Standings, 'stands'>
  readonly clock: Clock
}

export function createEventTickets({ state, standings, clock }: EventTicketsParts): EventTickets {
  return {
    async issue({ endpointId, userId, roles, credential, functions, expiresAt: callerExpiresAt }) {
      const ticket = randomBytes(TICKET_BYTES).toString('base64url')
      const expiresAt = clock.now() + TICKET_MS
      const value = { userId, roles, callerExpiresAt, credential, functions, isUsed: false }
      await state.create(keyOf(endpointId, ticket), { value, expiresAt })
      return { ticket, expiresAt }
    },

    async redeem(asked, ticket) {
      if (ticket.length > MAX_TICKET_CHARS) throw invalidTicket()
      const endpointId = tenantOf(asked)
      const key = keyOf(endpointId, ticket)
      const stored = await state.read(key)
      const issued = stored && Issued.parse(stored.value)
      if (stored === undefined || issued === undefined || issued.isUsed) throw invalidTicket()
      const used = { value: { ...issued, isUsed: true }, expiresAt: stored.expiresAt }
      if (!(await state.replace(key, stored.version, used))) throw invalidTicket()
      const { userId, roles, credential, functions, callerExpiresAt: expiresAt } = issued
      if ((expiresAt ?? Infinity) <= clock.now()) throw invalidTicket()
      // What was missed is told at once, so whoever was stopped meanwhile is stopped before that.
      if (credential && !(await standings.stands(credential, userId))) throw invalidTicket()
      return { endpointId, userId, roles, expiresAt, credential, functions }
    },
  }
}

/** The store holds its hash: whoever reads the store can open no stream. */
function keyOf(endpointId: EndpointId, ticket: string): StateKey {
  const hash = createHash('sha256').update(ticket).digest('base64url')
  return { endpointId, kind: 'ticket', id: `events#${hash}` }
}

/** One answer for every reason. */
function invalidTicket(): GatewayError {
  return new GatewayError('UNAUTHENTICATED', 'The ticket is not valid: ask for another one')
}
