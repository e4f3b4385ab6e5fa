import { describe, expect, it } from 'vitest'
import { validate, version } from 'uuid'
import { leastIdAt, newCallId, shardOf, shardsUpTo } from '../../src/calls/call-id.js'
import { idAt } from './a-call.js'

describe('the id of a call', () => {
  it.each([1, 2, 3, 16, 255, 256])(
    'is a UUIDv7 whose last two digits are one of %s shards',
    (shards) => {
      const ids = Array.from({ length: 500 }, () => newCallId(shards))
      for (const id of ids) expect([validate(id), version(id)]).toEqual([true, 7])
      const found = new Set(ids.map((id) => parseInt(id.slice(-2), 16)))
      expect(Math.max(...found)).toBeLessThan(shards)
      expect(found.size).toBeGreaterThanOrEqual(Math.min(shards, 3))
    },
  )

  it('is another one each time, and never less than the one before', () => {
    const ids = Array.from({ length: 5000 }, () => newCallId(1))
    expect(new Set(ids).size).toBe(ids.length)
    expect([...ids].sort()).toEqual(ids)
  })

  it('says where the call is kept: the first shard has no name of its own', () => {
    expect(shardsUpTo(1)).toEqual([undefined])
    expect(shardsUpTo(3)).toEqual([undefined, '01', '02'])
    expect(shardsUpTo(256).at(-1)).toBe('ff')
    for (const shard of shardsUpTo(256)) expect(shardOf(`019c${shard ?? '00'}`)).toBe(shard)
  })
})

describe('the least id at a time', () => {
  it('is not above any id of that time, and above all of the times before', () => {
    const time = 1_800_000_000_123
    for (let n = 0; n < 100; n++) {
      expect(leastIdAt(time) <= idAt(time)).toBe(true)
      expect(leastIdAt(time) > idAt(time - 1, 255)).toBe(true)
    }
  })

  it('exists for every number, in order', () => {
    const times = [-Infinity, -1, 0, 0.5, 1, 1.8e12, 2 ** 47, 1e300, Infinity]
    const ids = times.map(leastIdAt)
    expect(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-0{4}-0{4}-0{12}$/.test(id))).toBe(true)
    expect([...ids].sort()).toEqual(ids)
  })
})
