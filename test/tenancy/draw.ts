/** One request of the run: who sends what, with whose ids, and what its answer is good for. */
import type { Seeded } from '../support/seeded.js'
import type { Relation } from './ids.js'
import type { Owner } from './markers.js'
import type { World } from './world.js'

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Buffer | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Of a stream that stands open, what came first; of each of its later frames, that frame. */
  readonly text: string
}

export interface Draw {
  /** What is asked for, under which it is counted. */
  readonly kind: string
  readonly relation: Relation
  /** Who may hear the answer. */
  readonly hearer: Owner
  readonly request: WireRequest
  /** It stands open until its place is needed. */
  readonly isEndless?: boolean
  /** Somebody else's id must be of no use. */
  readonly isGuarded?: boolean
  /** The answer has to be good: nobody else can have spoiled it. */
  readonly mustBeGood?: boolean
  /** Asked when the answer is there: its owner has meanwhile given up what was asked with. */
  readonly isGivenUp?: (() => boolean) | undefined
  /** Default: a JSON-RPC result. */
  readonly isGood?: ((answer: Answer) => boolean) | undefined
  /** Takes ids from the answer, or from each frame of a stream. */
  readonly learn?: ((answer: Answer) => void) | undefined
}

export interface Maker {
  /** How often, beside the other makers. */
  readonly weight: number
  /** It is never sent to another place than its own. */
  readonly keepsPlace?: boolean
  readonly make: (world: World, random: Seeded) => Draw
}

export const hasResult = ({ status, text }: Answer): boolean =>
  status < 300 && /"result":\s*[{[]/.test(text)

/** The JSON of a body, or of each event of a stream; whatever is not JSON is left out. */
export function messagesIn({ text }: Pick<Answer, 'text'>): readonly Record<string, unknown>[] {
  const whole = parsed(text)
  if (whole !== undefined) return [whole].flat() as Record<string, unknown>[]
  return [...text.matchAll(/^data: ?(.+)$/gm)].flatMap(([, data = '']) => {
    const message = parsed(data)
    return message === undefined ? [] : ([message].flat() as Record<string, unknown>[])
  })
}

/** The result of an answer, empty when there is none. */
export function resultIn(answer: Pick<Answer, 'text'>): Record<string, unknown> {
  const found = messagesIn(answer).find(({ result }) => typeof result === 'object')
  return (found?.['result'] ?? {}) as Record<string, unknown>
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
