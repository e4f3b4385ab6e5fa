/** What a caller is told of his own limits; how busy others of his endpoint are is not his to know. */
import type { GatewayError } from '../domain/errors.js'
import type { Taken } from './portions.js'
import { toSeconds } from './rate-limited.js'

/** As draft-ietf-httpapi-ratelimit-headers-10 writes them; absent where nothing of his is limited. */
export interface Allowance {
  /** `RateLimit-Policy` */
  readonly policy?: string | undefined
  /** `RateLimit` */
  readonly left?: string | undefined
  /** When there was too little left. */
  readonly refusal?: GatewayError | undefined
}

export interface OwnLimit {
  readonly name: 'user' | 'key'
  readonly perMinute: number
  readonly taken: Taken
}

export function toAllowance(own: readonly OwnLimit[], refusal?: GatewayError): Allowance {
  if (own.length === 0) return refusal === undefined ? NOTHING_OWN : { refusal }
  const policy = own.map(({ name, perMinute }) => `"${name}";q=${perMinute};w=60`).join(', ')
  const left = own.map(toItem).join(', ')
  return { policy, left, refusal }
}

const NOTHING_OWN: Allowance = {}

function toItem({ name, taken }: OwnLimit): string {
  return `"${name}";r=${taken.left};t=${toSeconds(taken.resetMs)}`
}
