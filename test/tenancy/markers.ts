/** Unguessable words that say whose they are, and where they stand in what somebody has heard. */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** Whose something is, or who hears something: of a tenant as a whole, where no user is said. */
export interface Owner {
  /** Index of the tenant; `NOBODY` for whoever has proven nothing. */
  readonly tenant: number
  /** Index of the user in it; absent for what all of the tenant's users may see. */
  readonly user?: number | undefined
  /** Who publishes is told who has changed what, and nothing else of other users. */
  readonly knowsNames?: boolean
}

export const NOBODY: Owner = { tenant: -1, user: 0 }
/** Who may hear of every tenant. */
export const EVERYBODY: Owner = { tenant: -2 }

/** A name may be asked for by anybody, a secret is never sent by anybody else than its owner. */
export type MarkerKind = 'name' | 'secret'

export interface Found {
  readonly text: string
  readonly owner: Owner
  readonly kind: MarkerKind
}

export interface Markers {
  mint(owner: Owner, kind: MarkerKind): string
  /** An id that was made by the gateway, and for whom. */
  claim(id: string, owner: Owner): void
  /** What of others stands in a text, also in base64 or percent-encoded, and was not asked for. */
  leaks(text: string, hearer: Owner, asked?: string): readonly Found[]
  /** Every marker in a text, whosoever it is. */
  find(text: string): readonly Found[]
}

/** Six of its twelve digits are enough to know one that was cut. */
const MARKER = /zq7k([a-z])([0-9x])([ns])[0-9a-f]{6,12}/gi
const ENCODED = /[A-Za-z0-9+/_-]{24,}/g
const ID = /[A-Za-z0-9_.~-]{20,}/g
const DIGITS = 12
/** Indexes from here on are of nobody: what they mark is told to nobody at all. */
const TENANTS_AT_MOST = 20
/** Of ids that are remembered; later ones take the place of those not seen for longest. */
const MAX_IDS = 50_000

export function createMarkers(seed: number): Markers {
  const ids = new LRUCache<string, Owner>({ max: MAX_IDS })
  let minted = 0
  const find = (text: string) => [...inPlain(text), ...inEncoded(text)]
  const findIds = (text: string): Found[] =>
    [...text.matchAll(ID)].flatMap(([id]) => {
      const owner = ids.get(id.replace(/\.+$/, ''))
      return owner === undefined ? [] : [{ text: id, owner, kind: 'secret' }]
    })
  return {
    mint: ({ tenant, user }, kind) => {
      const digits = createHash('sha256').update(`${seed}/${minted++}`).digest('hex')
      const letter = String.fromCodePoint(97 + tenant)
      return `zq7k${letter}${user ?? 'x'}${kind[0]}${digits.slice(0, DIGITS)}`
    },
    claim: (id, owner) => {
      // That it is one user's says more than that it is his tenant's.
      const isKnown = owner.user === undefined && ids.has(id)
      if (id.length >= 20 && !isKnown) ids.set(id, owner)
    },
    leaks: (text, hearer, asked = '') => {
      const others = [...find(text), ...findIds(text)].filter((found) => !isFor(found, hearer))
      if (others.length === 0) return []
      const said = new Set([...find(asked), ...findIds(asked)].map((found) => found.text))
      return others.filter((found) => !said.has(found.text))
    },
    find,
  }
}

function isFor({ owner, kind }: Found, hearer: Owner): boolean {
  if (owner.tenant !== hearer.tenant) return hearer === EVERYBODY && owner.tenant < TENANTS_AT_MOST
  if (owner.user === undefined || hearer.user === undefined) return true
  return owner.user === hearer.user || (kind === 'name' && hearer.knowsNames === true)
}

function inPlain(text: string): Found[] {
  const plain = text.includes('%') ? `${text}\n${unescaped(text)}` : text
  return [...plain.matchAll(MARKER)].map(([marker, letter = '', user, kind]) => ({
    text: marker.toLowerCase(),
    owner: {
      tenant: (letter.toLowerCase().codePointAt(0) ?? 0) - 97,
      ...(user?.toLowerCase() !== 'x' && { user: Number(user) }),
    },
    kind: kind?.toLowerCase() === 's' ? 'secret' : 'name',
  }))
}

function inEncoded(text: string): Found[] {
  const decoded = [...text.matchAll(ENCODED)].map(([run]) =>
    Buffer.from(run, 'base64').toString('latin1'),
  )
  return inPlain(decoded.join('\n'))
}

/** Each escape by itself: others may be none. */
function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  )
}
