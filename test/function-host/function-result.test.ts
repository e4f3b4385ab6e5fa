import { describe, expect, test } from 'vitest'
import { toMcpResult, toResultJson } from '../../src/function-host/function-result.js'

const text = (value: string) => ({ type: 'text', text: value })

describe('what a tool returned', () => {
  const image = { type: 'image', data: 'AQID', mimeType: 'image/png' }
  test.each([
    ['nothing', undefined, { content: [] }],
    ['null', null, { content: [] }],
    ['a text', 'hi', { content: [text('hi')] }],
    ['an empty text', '', { content: [text('')] }],
    ['a content block', image, { content: [image] }],
    ['an array of blocks', [image, text('b')], { content: [image, text('b')] }],
    [
      'a whole result',
      { content: [image], isError: true, _meta: { a: 1 } },
      { content: [image], isError: true, _meta: { a: 1 } },
    ],
    [
      'structured content alone',
      { structuredContent: { a: 1 } },
      { content: [text('{"a":1}')], structuredContent: { a: 1 } },
    ],
    ['isError alone', { isError: true }, { content: [], isError: true }],
    ['an object', { a: 1 }, { content: [text('{"a":1}')], structuredContent: { a: 1 } }],
    [
      'an object with a type of its own',
      { type: 'dog' },
      { content: [text('{"type":"dog"}')], structuredContent: { type: 'dog' } },
    ],
    [
      'an object whose content is a text',
      { content: 'x' },
      { content: [text('{"content":"x"}')], structuredContent: { content: 'x' } },
    ],
    ['an array of values', [1, 'two'], { content: [text('[1,"two"]')] }],
    ['an empty array', [], { content: [text('[]')] }],
    [
      'a mix of blocks and values',
      [text('a'), 1],
      { content: [text('[{"type":"text","text":"a"},1]')] },
    ],
    ['a number', 21.5, { content: [text('21.5')] }],
    ['a boolean', false, { content: [text('false')] }],
    ['a date', new Date(0), { content: [text('"1970-01-01T00:00:00.000Z"')] }],
  ])('%s', (_name, returned, result) => {
    expect(toMcpResult(returned, { mcpType: 'tool' })).toEqual(result)
  })
})

describe('what a resource returned', () => {
  const uri = 'doc://1'
  test.each([
    ['a text', 'hi', { uri, mimeType: 'text/csv', text: 'hi' }],
    ['bytes', new Uint8Array([1, 2, 3]), { uri, mimeType: 'text/csv', blob: 'AQID' }],
    [
      'a part of a larger buffer',
      Buffer.from([0, 1, 2, 3]).subarray(1),
      { uri, mimeType: 'text/csv', blob: 'AQID' },
    ],
    ['contents without a URI', { text: 'hi' }, { uri, mimeType: 'text/csv', text: 'hi' }],
    [
      'contents of their own',
      { uri: 'doc://2', mimeType: 'a/b', text: 'hi' },
      { uri: 'doc://2', mimeType: 'a/b', text: 'hi' },
    ],
    ['a blob in base64', { blob: 'AQID' }, { uri, mimeType: 'text/csv', blob: 'AQID' }],
    [
      'a blob of bytes',
      { blob: Buffer.from([1, 2, 3]) },
      { uri, mimeType: 'text/csv', blob: 'AQID' },
    ],
    ['other JSON', { a: 1 }, { uri, mimeType: 'text/csv', text: '{"a":1}' }],
    ['an array', [1, 2], { uri, mimeType: 'text/csv', text: '[1,2]' }],
  ])('%s', (_name, returned, contents) => {
    expect(toMcpResult(returned, { mcpType: 'resource', uri, mimeType: 'text/csv' })).toEqual({
      contents: [contents],
    })
  })

  test('a whole result passes untouched', () => {
    const whole = { contents: [{ uri: 'a://1', text: 'a' }], _meta: {} }
    expect(toMcpResult(whole, { mcpType: 'resource', uri })).toBe(whole)
  })

  test('without a declared MIME type a text has none, and other JSON is application/json', () => {
    expect(toMcpResult('hi', { mcpType: 'resource', uri })).toEqual({
      contents: [{ uri, text: 'hi' }],
    })
    expect(toMcpResult(7, { mcpType: 'resource_template', uri })).toEqual({
      contents: [{ uri, mimeType: 'application/json', text: '7' }],
    })
  })

  test.each([undefined, null])('%s means that there is none', (returned) => {
    expect(() => toMcpResult(returned, { mcpType: 'resource', uri })).toThrowError(
      expect.objectContaining({ code: 'RESOURCE_NOT_FOUND', data: { uri } }),
    )
  })
})

describe('what a prompt returned', () => {
  const message = { role: 'assistant', content: text('hi') }
  test.each([
    ['a text', 'hi', { messages: [{ role: 'user', content: text('hi') }] }],
    ['messages', [message, message], { messages: [message, message] }],
    ['no messages', [], { messages: [] }],
    [
      'a whole result',
      { description: 'd', messages: [message] },
      { description: 'd', messages: [message] },
    ],
  ])('%s', (_name, returned, result) => {
    expect(toMcpResult(returned, { mcpType: 'prompt' })).toEqual(result)
  })

  test.each([
    ['nothing', undefined],
    ['a number', 1],
    ['an object', { a: 1 }],
    ['texts', ['a']],
    ['a message without a content block', [{ role: 'user', content: 'hi' }]],
  ])('%s is refused with what is expected', (_name, returned) => {
    expect(() => toMcpResult(returned, { mcpType: 'prompt' })).toThrowError(
      expect.objectContaining({
        code: 'RESULT_INVALID',
        message: expect.stringContaining('array of { role, content }'),
      }),
    )
  })
})

describe('what a completion function returned', () => {
  const completion = (returned: unknown) => toMcpResult(returned, { mcpType: 'completion' })
  const ids = Array.from({ length: 150 }, (_none, id) => String(id))
  const first = ids.slice(0, 100)

  test.each([
    ['values', ['a', ''], { values: ['a', ''], total: 2, hasMore: false }],
    ['no values', [], { values: [], total: 0, hasMore: false }],
    ['too many values', ids, { values: first, total: 150, hasMore: true }],
    ['values alone in an object', { values: ['a'] }, { values: ['a'] }],
    [
      'values of more that there are',
      { values: ['a'], total: 7, hasMore: true },
      { values: ['a'], total: 7, hasMore: true },
    ],
    [
      'too many values and their true number',
      { values: ids, total: 4000, hasMore: false },
      { values: first, total: 4000, hasMore: true },
    ],
    [
      'too many values and a number that is too small',
      { values: ids, total: 3 },
      { values: first, total: 150, hasMore: true },
    ],
  ])('%s', (_name, returned, expected) => {
    expect(completion(returned)).toEqual({ completion: expected })
  })

  test.each([
    ['nothing', undefined],
    ['a text', 'a'],
    ['numbers', [1]],
    ['a list with holes', Object.assign([], { length: 2 })],
    ['an object without values', { completion: { values: [] } }],
    ['a total that counts nothing', { values: [], total: -1 }],
    ['a total that is no number', { values: [], total: '1' }],
    ['hasMore that is no flag', { values: [], hasMore: 1 }],
  ])('%s is refused with what is expected', (_name, returned) => {
    expect(() => completion(returned)).toThrowError(
      expect.objectContaining({
        code: 'RESULT_INVALID',
        message: expect.stringContaining('{ values, total?, hasMore? }'),
      }),
    )
  })
})

test('the limit counts bytes of UTF-8, not characters', () => {
  const result = { content: [text('€')] }
  const bytes = Buffer.byteLength(JSON.stringify(result))
  expect(toResultJson(result, bytes)).toBe(JSON.stringify(result))
  expect(() => toResultJson(result, bytes - 1)).toThrowError(
    expect.objectContaining({ code: 'RESULT_TOO_LARGE' }),
  )
})
