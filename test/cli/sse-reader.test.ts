import { describe, expect, it } from 'vitest'
import { createSseReader, type SseLimits } from '../../src/cli/sse-reader.js'

/** What is read of a text that comes in pieces of so many bytes. */
function read(text: string, { pieceBytes = Infinity, ...limits }: SseLimits & Pieces = {}) {
  const reader = createSseReader(limits)
  const bytes = Buffer.from(text)
  const step = Math.min(pieceBytes, bytes.length)
  const starts = Array.from({ length: Math.ceil(bytes.length / step) }, (_, n) => n * step)
  return starts.flatMap((start) => reader.read(bytes.subarray(start, start + step)))
}

interface Pieces {
  readonly pieceBytes?: number
}

describe('server-sent events', () => {
  const stream = [
    '\uFEFF: connected\nid: 1-1.2-2\nretry: 1500\n\n',
    ':\n\n',
    'event: call.completed\nid: 1-2.2-2\ndata: {"text":"Grüße 🎉"}\n\n',
    'data:first\r\ndata: second\r\n\r\n',
    'data\rid\r\r',
    'data: of an event that has not ended\n',
  ].join('')

  it.each([1, 2, 3, 5, 7, Infinity])(
    'are read whatever their line ends, in pieces of %d bytes',
    (pieceBytes) => {
      expect(read(stream, { pieceBytes })).toEqual([
        { id: '1-1.2-2', retryMs: 1500 },
        { name: 'call.completed', id: '1-2.2-2', data: '{"text":"Grüße 🎉"}' },
        { data: 'first\nsecond' },
        { data: '', id: '' },
      ])
    },
  )

  it('keep what only looks like something else: unknown fields, odd ids and odd times', () => {
    expect(read('id: a\0b\nretry: soon\nretry: -1\nmood: good\ndata:  x: y\n\n')).toEqual([
      { data: ' x: y' },
    ])
  })

  it('are refused with a line that does not end, before it is held', () => {
    expect(() => read(`data: ${'x'.repeat(100)}`, { pieceBytes: 10, maxLineChars: 50 })).toThrow(
      'a line of more than 50 characters',
    )
    expect(() => read(`${'x'.repeat(60)}\n\n`, { maxLineChars: 50 })).toThrow(/more than 50/)
  })

  it('are refused with an event that does not end; small ones may be many', () => {
    const lines = 'data: 12345\n'.repeat(10)
    expect(() => read(lines, { maxBlockChars: 50 })).toThrow('an event of more than 50 characters')
    expect(() => read('data\n'.repeat(60), { maxBlockChars: 50 })).toThrow(/an event of more/)
    expect(read('data: 12345\n\n'.repeat(100), { maxBlockChars: 50 })).toHaveLength(100)
  })
})
