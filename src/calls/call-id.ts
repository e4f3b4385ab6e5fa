/**
 * Ids of calls: UUIDv7, so that their order is that of the calls' beginnings. The last two digits
 * are the shard that the call is kept in, so that a lookup by id computes the key.
 */
import { randomFillSync } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'

/** The most partitions that the calls of one endpoint can be spread over: two hex digits. */
export const MAX_SHARDS = 256

/** The shard that has no suffix: the only one of most endpoints. */
const FIRST_SHARD = '00'

const TIME_DIGITS = 12

/** What fits into those digits: milliseconds since 1970. */
const LAST_TIME_MS = 16 ** TIME_DIGITS - 1

/** Of one id. */
const RANDOM_BYTES = 16

/** For many ids at once: asking the system for each costs more than all the rest of a record. */
const pool = Buffer.alloc(256 * RANDOM_BYTES)
let poolUsed = pool.length

/** When the last id was made, and how many were in that millisecond, from a random number on. */
let lastMs = 0
let sequence = 0

/** @param shards over how many partitions the endpoint's calls are spread */
export function newCallId(shards: number): string {
  const random = nextRandom()
  const now = Date.now()
  sequence = now > lastMs ? random.readUInt32BE() >>> 1 : sequence + 1
  lastMs = Math.max(now, lastMs)
  const id = uuidv7({ random, msecs: lastMs, seq: sequence })
  const shard = parseInt(id.slice(-2), 16) % shards
  return `${id.slice(0, -2)}${toHex(shard)}`
}

/** What follows the endpoint in the partition key of a call; undefined for the first shard. */
export function shardOf(callId: string): string | undefined {
  const shard = callId.slice(-2).toLowerCase()
  return shard === FIRST_SHARD ? undefined : shard
}

/** The shards of an endpoint, as `shardOf` names them. */
export function shardsUpTo(count: number): (string | undefined)[] {
  return Array.from({ length: count }, (_, shard) => shardOf(toHex(shard)))
}

/** The least id that a call can have that began at this time: milliseconds since 1970. */
export function leastIdAt(timeMs: number): string {
  const bounded = Math.min(Math.max(0, Math.ceil(timeMs)), LAST_TIME_MS)
  const time = bounded.toString(16).padStart(TIME_DIGITS, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}

function nextRandom(): Buffer {
  if (poolUsed === pool.length) {
    randomFillSync(pool)
    poolUsed = 0
  }
  poolUsed += RANDOM_BYTES
  return pool.subarray(poolUsed - RANDOM_BYTES, poolUsed)
}

function toHex(shard: number): string {
  return shard.toString(16).padStart(2, '0')
}
