/**
 * What has to happen at once in Redis. An entry is `t`, the bytes of all bodies of its stream up to
 * and with its own, and `b`, its body as JSON: so the oldest entry alone tells how much is kept, and
 * two entries follow each other when the first's `t` is the second's less its own size.
 */
import { defineScript } from 'redis'
import type { EventId, EventLimits } from './events.js'

/** Adds an entry, then drops the oldest ones beyond a limit; the newest one always stays. */
const appendEvent = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    local key, body = KEYS[1], ARGV[1]
    local maxEvents, maxBytes, maxAgeMs = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
    local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
    local total = (last and tonumber(last[2][2]) or 0) + #body
    local id = redis.call('XADD', key, '*', 't', string.format('%.0f', total), 'b', body)
    redis.call('XTRIM', key, 'MAXLEN', '=', maxEvents)
    local now = redis.call('TIME')
    local oldestMs = now[1] * 1000 + math.floor(now[2] / 1000) - maxAgeMs
    redis.call('XTRIM', key, 'MINID', '=', string.format('%.0f', oldestMs))
    local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    while first[1] ~= id and total - (tonumber(first[2][2]) - #first[2][4]) > maxBytes do
      redis.call('XDEL', key, first[1])
      first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    end
    redis.call('PEXPIRE', key, ARGV[4])
    return id`,
  parseCommand(parser, key: string, body: string, { maxEvents, maxBytes, maxAgeMs }: EventLimits) {
    parser.pushKey(key)
    parser.push(body, String(maxEvents), String(maxBytes), String(maxAgeMs))
  },
  transformReply: (reply: unknown): EventId => String(reply),
})

/** Where a reader stands in its stream, and for how long nobody has looked. */
export interface Reached {
  readonly id: EventId
  readonly maxAgeMs: number
  /** True when a whole stream may have come and expired since then. */
  readonly isLong: boolean
}

export interface Reach {
  /** False when something after the id is gone, or the log went back to before it. */
  readonly isWhole: boolean
  /** Of the newest entry there ever was. */
  readonly newestId: EventId
}

/** Does the log still hold everything after an id? When it has expired, nothing came after it. */
const checkReach = defineScript({
  NUMBER_OF_KEYS: 1,
  IS_READ_ONLY: true,
  SCRIPT: `
    local key, id, maxAgeMs, isLong = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
    local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    local newest = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
    local newestId = newest and newest[1] or '0-0'
    if #redis.call('XRANGE', key, id, id) > 0 then return {1, newestId} end
    local now = redis.call('TIME')
    local ageMs = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(string.match(id, '^%d+'))
    local isUntrimmed = not first or tonumber(first[2][2]) == #first[2][4]
    local isWhole = ageMs >= maxAgeMs and isUntrimmed and not isLong
    return {isWhole and 1 or 0, newestId}`,
  parseCommand(parser, key: string, { id, maxAgeMs, isLong }: Reached) {
    parser.pushKey(key)
    parser.push(id, String(maxAgeMs), isLong ? '1' : '0')
  },
  transformReply: ([isWhole, newestId]: [unknown, unknown]): Reach => ({
    isWhole: isWhole === 1,
    newestId: String(newestId),
  }),
})

export const scripts = { appendEvent, checkReach }
