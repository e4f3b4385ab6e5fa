import { describe, expect, it } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import { createStandingPlaces } from '../../src/transport/standing-places.js'
import {
  createStreamId,
  readSseId,
  requestIdOf,
  STANDING_STREAM,
  toSseId,
} from '../../src/transport/stream-ids.js'

describe('the name of a stream', () => {
  it.each<[unknown, string | number]>([
    ['a number', 0],
    ['a negative one', -7],
    ['text', 'call-1'],
    ['a digit as text', '1'],
    ['text of any script', '呼び出し "1" \u0000 🙂'],
    ['no text', ''],
  ])('holds the id of its request: %s', (_what, id) => {
    const streamId = createStreamId(id)
    expect(requestIdOf(streamId)).toBe(id)
    expect(readSseId(toSseId({ streamId, eventId: '12-3' }))).toEqual({
      streamId,
      eventId: '12-3',
      isLast: false,
    })
  })

  it('leaves a long id out, and one of several requests', () => {
    for (const id of ['x'.repeat(63), undefined])
      expect(requestIdOf(createStreamId(id))).toBeUndefined()
    expect(requestIdOf(createStreamId('x'.repeat(62)))).toBe('x'.repeat(62))
    expect(requestIdOf(STANDING_STREAM)).toBeUndefined()
  })

  it('is never the same twice [L11]', () => {
    const names = Array.from({ length: 1000 }, () => createStreamId(1))
    expect(new Set(names).size).toBe(1000)
  })
})

describe('an event id', () => {
  it('says when nothing follows it', () => {
    const last = { streamId: createStreamId(1), eventId: '1-1', isLast: true }
    expect(readSseId(toSseId(last))).toEqual(last)
  })

  it.each([
    'x',
    '1-1',
    '~',
    '~.',
    '.1-1',
    '~.1-1.',
    '~.1-1.first',
    '~.1-1.last.last',
    '~~.1-1',
    'AAAAAAAAAAA.1-1',
    'AAAAAAAAAAAA~.1-1',
    'AAAAAAAAAAAA/../x.1-1',
    `AAAAAAAAAAAA~${'A'.repeat(257)}.1-1`,
    `~.${'1'.repeat(65)}`,
    '~.1 1',
    '~.1-1, ~.1-2',
  ])('%j is none of ours', (id) => {
    expect(() => readSseId(id)).toThrow('Last-Event-ID: ')
  })
})

describe('places for streams that stand open', () => {
  /** Nothing is ever taken back from anybody. */
  const watch = () => () => undefined
  const ann: Caller = { endpointId: 'default', userId: 'ann', roles: ['caller'] }
  const elsewhere = { ...ann, endpointId: 'acme' }
  const bob = { ...ann, userId: 'bob' }

  it('are limited for each user of an endpoint, and free again when they are left', () => {
    const places = createStandingPlaces(new AbortController().signal, watch, { maxPerUser: 2 })
    const first = places.take(ann)
    places.take(ann)
    expect(() => places.take(ann)).toThrow('Too many streams')
    places.take(bob)
    places.take(elsewhere)
    first.leave()
    first.leave()
    expect(first.signal.aborted).toBe(true)
    places.take(ann)
    expect(() => places.take(ann)).toThrow('Too many streams')
  })

  it('are limited for all', () => {
    const places = createStandingPlaces(new AbortController().signal, watch, { maxPlaces: 2 })
    places.take(ann)
    const second = places.take(bob)
    expect(() => places.take(elsewhere)).toThrow('Too many streams')
    second.leave()
    places.take(elsewhere)
  })

  it('are left when the server closes, and nobody takes one again', () => {
    const closing = new AbortController()
    const places = createStandingPlaces(closing.signal, watch)
    const { signal } = places.take(ann)
    closing.abort()
    expect(signal.aborted).toBe(true)
    expect(() => places.take(ann)).toThrow('shutting down')
  })
})
