/** One request and what both have made of it. */
import type { Draft } from './draft.js'
import type { Outcome } from './outcome.js'

export interface Difference {
  readonly what: string
  /** The sentence that decides, in our words, and where it stands. */
  readonly decidedBy: string
  readonly covers: (seen: Seen) => boolean
}

export interface Seen {
  readonly draft: Draft
  readonly ours: Outcome
  readonly theirs: Outcome
}

type Sign = readonly [status: number, code: number | undefined, id: Outcome['id']]

export const is = ({ status, code, id }: Outcome, [...sign]: Sign) =>
  status === sign[0] && code === sign[1] && id === sign[2]

export const isResult = ({ status, code, members }: Outcome) =>
  status === 200 && code === undefined && members.includes('result')
