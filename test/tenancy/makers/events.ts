/** The stream of a user's events, and tickets that open it. */
import type { Seeded } from '../../support/seeded.js'
import type { Answer, Draw, Maker } from '../draw.js'
import { mutate } from '../ids.js'
import { NOBODY } from '../markers.js'
import type { Client, World } from '../world.js'
import { pickClient } from './modern.js'

export const eventMakers: readonly Maker[] = [
  { weight: 5, make: listen },
  { weight: 3, make: issueTicket },
  { weight: 4, make: redeemTicket, keepsPlace: true },
  { weight: 2, make: redeemBeside, keepsPlace: true },
]

/** From where anybody was: these ids open nothing by themselves. */
function listen(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { held, relation } = world.ids.eventIds.choose(client.owner, random)
  const known = held?.value ?? '1-1'
  const lastEventId = relation === 'mutated' ? mutate(known, random) : known
  const inQuery = random.chance(0.5)
  const types = random.chance(0.3) ? 'call.*' : ''
  const query = inQuery ? `?lastEventId=${encodeURIComponent(lastEventId)}&types=${types}` : ''
  const headers = inQuery ? {} : { 'last-event-id': lastEventId }
  return { ...toEvents(world, client, { query, headers }), relation }
}

function issueTicket(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { owner, tenant } = client
  return {
    kind: 'POST of a ticket',
    relation: 'own',
    hearer: owner,
    request: {
      method: 'POST',
      path: `/${tenant.endpointId}/events/ticket`,
      headers: { authorization: `Bearer ${client.token}` },
    },
    mustBeGood: true,
    isGood: ({ status }) => status === 201,
    learn: ({ status, text }) => {
      if (status !== 201) return
      const { ticket } = JSON.parse(text) as { ticket: string }
      world.markers.claim(ticket, owner)
      world.ids.tickets.keep(owner, ticket)
    },
  }
}

/** Whoever has a ticket is its user, at its endpoint alone. */
function redeemTicket(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const { held, relation } = world.ids.tickets.choose(client.owner, random)
  const isTaken = relation !== 'mutated' && held?.owner.tenant === client.owner.tenant
  if (held && isTaken) world.ids.tickets.forget(held.owner, held.value)
  const known = held?.value ?? 'none'
  const ticket = relation === 'mutated' ? mutate(known, random) : known
  return {
    ...toEvents(world, client, { query: `?ticket=${ticket}`, token: '' }),
    kind: 'GET of events by ticket',
    relation: isTaken ? 'own' : relation,
    hearer: isTaken ? held.owner : NOBODY,
    isGuarded: !isTaken,
    learn: undefined,
  }
}

/** With a token beside it the token counts. */
function redeemBeside(world: World, random: Seeded): Draw {
  const client = pickClient(world, random)
  const held = world.ids.tickets.foreign(client.owner, random)
  const query = `?ticket=${held?.value ?? 'none'}`
  return { ...toEvents(world, client, { query }), kind: 'GET of events by token and ticket' }
}

interface EventsAsked {
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string
}

export function toEvents(
  { ids }: World,
  { owner, tenant, token: own }: Client,
  { query = '', headers = {}, token = own }: EventsAsked = {},
): Draw {
  return {
    kind: 'GET of events',
    relation: 'own',
    hearer: owner,
    request: {
      method: 'GET',
      path: `/${tenant.endpointId}/events${query}`,
      headers: {
        accept: 'text/event-stream',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    },
    isEndless: true,
    isGood: ({ status }: Answer) => status === 200,
    learn: ({ text }) => {
      for (const [, id = ''] of text.matchAll(/^id: ?(.+)$/gm)) ids.eventIds.keep(owner, id)
    },
  }
}
