/** Before anything is proven: whoever fails too often from one address is refused unread. */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../domain/clock.js'
import { GatewayError, type GatewayErrorCode } from '../domain/errors.js'
import type { AddressFailures } from '../limits/limits.js'

export interface ProofGuard {
  /** @throws GatewayError `RATE_LIMITED`, and what `prove` throws */
  guard<Proof>(address: string | undefined, prove: () => Promise<Proof>): Promise<Proof>
  /**
   * The same, and never a refusal for what was proven lately: others may share the address.
   *
   * @param key of what is proven, and where
   */
  guardKnown<Proof>(
    key: string,
    address: string | undefined,
    prove: () => Promise<Proof>,
  ): Promise<Proof>
}

/** As long what was proven is welcome; nothing but its key is kept. */
const LATELY_MS = 15 * 60_000
const MAX_LATELY = 20_000

const PROVES_NOTHING: ReadonlySet<GatewayErrorCode> = new Set([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'LOCKED_OUT',
])

/** @param failures absent where anybody may guess as often as they like */
export function createProofGuard(failures: AddressFailures | undefined, clock: Clock): ProofGuard {
  const lately = new LRUCache<string, true>({
    max: MAX_LATELY,
    ttl: LATELY_MS,
    ttlResolution: 0,
    perf: clock,
  })
  const counted = async <Proof>(
    address: string | undefined,
    prove: () => Promise<Proof>,
  ): Promise<Proof> => {
    try {
      return await prove()
    } catch (error) {
      if (address !== undefined && provesNothing(error)) failures?.count(address)
      throw error
    }
  }
  const guard: ProofGuard['guard'] = async (address, prove) => {
    if (address !== undefined) failures?.refuse(address)
    return counted(address, prove)
  }
  return {
    guard,
    guardKnown: async (key, address, prove) => {
      try {
        const proof = await (lately.has(key) ? counted(address, prove) : guard(address, prove))
        lately.set(key, true)
        return proof
      } catch (error) {
        if (provesNothing(error)) lately.delete(key)
        throw error
      }
    },
  }
}

function provesNothing(error: unknown): boolean {
  return error instanceof GatewayError && PROVES_NOTHING.has(error.code)
}
