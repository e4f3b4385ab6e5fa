/** How much may a caller ask of this gateway? The front door of the room. */
import type { Caller } from '../domain/caller.js'
import type { Clock } from '../domain/clock.js'
import { type Allowance, type OwnLimit, toAllowance } from './allowance.js'
import { type CallPlace, createCallPlaces } from './call-places.js'
import { createPortions, type Portions, type Taken } from './portions.js'
import type { Quotas } from './quota.js'
import { type Scope, tooManyAtOnce, tooManyInMinute } from './rate-limited.js'

export { type AddressFailures, createAddressFailures } from './address-failures.js'
export type { Allowance } from './allowance.js'
export type { CallPlace } from './call-places.js'

export interface Limits {
  /**
   * Counts requests, before anything is done for them. A caller whom a limit of his own refuses
   * takes nothing from the others of his endpoint.
   *
   * @returns what the caller is told, and why he is refused: `RATE_LIMITED`, or `INVALID_REQUEST`
   * for a batch that no minute is long enough for
   */
  admit(caller: Caller, asked: Asked): Allowance | Promise<Allowance>

  /**
   * Counts a call of a function, and takes a place for it.
   *
   * @param functionKey one for each function of the endpoint
   * @throws GatewayError `RATE_LIMITED`
   */
  begin(caller: Caller, functionKey: string): Promise<CallPlace>
}

export interface Asked {
  readonly requests: number
  readonly bytes: number
}

/** 0 for what is not limited. */
export interface LimitRules {
  readonly userPerMinute: number
  readonly keyPerMinute: number
  readonly functionPerMinute: number
  readonly userBytesPerMinute: number
  readonly endpointPerMinute: number
  readonly endpointBytesPerMinute: number
  /** At a time, in this process. */
  readonly callsPerUser: number
  readonly callsPerEndpoint: number
}

interface Limit {
  readonly scope: Scope
  readonly perMinute: number
  readonly portions: Portions
}

interface Step {
  readonly limit: Limit
  readonly key: string
  readonly points: number
}

export function createLimits(
  rules: LimitRules,
  { quotas, clock }: { readonly quotas: Quotas; readonly clock: Clock },
): Limits {
  const open = (scope: Scope, perMinute: number): Limit | undefined => {
    if (perMinute === 0) return undefined
    return { scope, perMinute, portions: createPortions(quotas.open(scope, perMinute), clock) }
  }
  const users = open('user', rules.userPerMinute)
  const keys = open('key', rules.keyPerMinute)
  const functions = open('function', rules.functionPerMinute)
  const userBytes = open('userBytes', rules.userBytesPerMinute)
  const endpoints = open('endpoint', rules.endpointPerMinute)
  const bytes = open('bytes', rules.endpointBytesPerMinute)
  const takePlace = createCallPlaces({
    ofUser: rules.callsPerUser,
    ofEndpoint: rules.callsPerEndpoint,
  })

  const stepsOf = ({ endpointId, userId, credential }: Caller, asked: Asked): Step[] => {
    const steps: Step[] = []
    const add = (limit: Limit | undefined, key: string, points: number) => {
      if (limit !== undefined) steps.push({ limit, key, points })
    }
    const addBytes = (limit: Limit | undefined, key: string) => {
      add(limit, key, Math.min(asked.bytes, limit?.perMinute ?? 0))
    }
    // No endpoint id holds a space, so no two keys are the same.
    const user = `${endpointId} ${userId}`
    add(users, user, asked.requests)
    if (credential?.keyId !== undefined)
      add(keys, `${endpointId} ${credential.keyId}`, asked.requests)
    // A body that is larger than all of a minute takes all of it.
    addBytes(userBytes, user)
    add(endpoints, endpointId, asked.requests)
    addBytes(bytes, endpointId)
    return steps
  }

  return {
    admit: (caller, asked) => {
      const steps = stepsOf(caller, asked)
      const beyond = steps.find(({ limit, points }) => points > limit.perMinute)
      if (beyond === undefined) return takeAll(steps, [])
      return { refusal: tooManyAtOnce(beyond.points, beyond.limit.perMinute) }
    },
    begin: async (caller, functionKey) => {
      if (functions !== undefined) {
        const key = `${caller.endpointId} ${functionKey}`
        const taken = await functions.portions.take(key, 1)
        if (!taken.isGranted) throw tooManyInMinute('function', functions.perMinute, taken)
      }
      return takePlace(caller)
    },
  }
}

/** One after the other; without a promise as long as none of them has to ask its quota. */
function takeAll(
  steps: readonly Step[],
  own: OwnLimit[],
  from = 0,
): Allowance | Promise<Allowance> {
  for (let at = from; at < steps.length; at++) {
    const step = steps[at]
    if (step === undefined) break
    const taken = step.limit.portions.take(step.key, step.points)
    if (taken instanceof Promise)
      return taken.then((later) => {
        const refused = note(step, later, own)
        return refused ?? takeAll(steps, own, at + 1)
      })
    const refused = note(step, taken, own)
    if (refused !== undefined) return refused
  }
  return toAllowance(own)
}

/** @returns the refusal, where too little is left */
function note({ limit }: Step, taken: Taken, own: OwnLimit[]): Allowance | undefined {
  const { scope, perMinute } = limit
  if (scope === 'user' || scope === 'key') own.push({ name: scope, perMinute, taken })
  if (taken.isGranted) return undefined
  return toAllowance(own, tooManyInMinute(scope, perMinute, taken))
}
