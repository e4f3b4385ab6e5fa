/** What requests of the older revisions have in common. */
import type { Seeded } from '../../support/seeded.js'
import { type Answer, type Draw, hasResult } from '../draw.js'
import { mutate, type Relation } from '../ids.js'
import type { Client, OpenSession, World } from '../world.js'
import { pickClient } from './modern.js'

/** The revision whose messages come in arrays too. */
export const BATCHING = '2025-03-26'

export interface InSession {
  readonly client: Client
  readonly relation: Relation
  readonly session: OpenSession
}

const NONE: OpenSession = { token: 'none', version: '2025-11-25', endpointId: '' }

/** @param batching only of the revision that takes batches */
export function pickSession({ ids, ...world }: World, random: Seeded, batching = false): InSession {
  const client = pickClient({ ids, ...world }, random)
  const pool = batching ? ids.batchSessions : ids.sessions
  const { held, relation } = pool.choose(client.owner, random)
  const found = held?.value ?? NONE
  if (relation !== 'mutated') return { client, relation, session: found }
  return { client, relation, session: { ...found, token: mutate(found.token, random) } }
}

interface LegacyAsked {
  readonly client: Client
  readonly session?: OpenSession
  readonly message: {
    readonly id?: string | number
    readonly method?: string
    readonly params?: object
    readonly result?: object
  }
}

export function post({ client, session, message }: LegacyAsked): Draw {
  const { owner, tenant } = client
  return {
    kind: message.method ?? 'response',
    relation: 'own',
    hearer: owner,
    request: {
      method: 'POST',
      path: `/${tenant.endpointId}/mcp`,
      headers: {
        ...headersOf(client, session),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    },
    isGood: hasResult,
  }
}

interface StreamAsked {
  readonly client: Client
  readonly session: OpenSession
  readonly lastEventId?: string
}

export function get({ client, session, lastEventId }: StreamAsked): Draw {
  const { owner, tenant } = client
  return {
    kind: 'GET',
    relation: 'own',
    hearer: owner,
    request: {
      method: 'GET',
      path: `/${tenant.endpointId}/mcp`,
      headers: {
        ...headersOf(client, session),
        accept: 'text/event-stream',
        ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      },
    },
    isGood: ({ status }) => status === 200,
  }
}

function headersOf({ token }: Client, session?: OpenSession): Record<string, string> {
  return {
    authorization: `Bearer ${token}`,
    ...(session !== undefined && {
      'mcp-session-id': session.token,
      'mcp-protocol-version': session.version,
    }),
  }
}

const SSE_ID = /^id: ?(.+)$/gm

export function learnIds({ ids }: World, { owner }: Client) {
  return ({ text }: Answer) => {
    for (const [, id = ''] of text.matchAll(SSE_ID)) ids.sseIds.keep(owner, id)
  }
}
