import { describe, expect, it } from 'vitest'
import { templateProblems } from '../../src/catalog/catalog.js'
import { createUriTemplate } from '../../src/catalog/uri-template.js'

describe('a URI against a template', () => {
  it.each<[string, string, Record<string, string> | undefined]>([
    ['note://{id}', 'note://7', { id: '7' }],
    ['note://{id}', 'note://', undefined],
    ['note://{id}', 'note://a/b', undefined],
    ['note://{id}', 'other://7', undefined],
    ['note://{id}/text', 'note://7/text', { id: '7' }],
    ['note://{id}/text', 'note://7/text/more', undefined],
    ['{a}/{b}', 'x/y', { a: 'x', b: 'y' }],
    ['{a}-{b}', 'x-y-z', { a: 'x-y', b: 'z' }],
    ['{+a}-{b}', 'x-y/z-w', { a: 'x-y/z', b: 'w' }],
    ['{a}{b}', 'xyz', { a: 'xy', b: 'z' }],
    ['file:///{+path}', 'file:///a/b?c#d', { path: 'a/b?c#d' }],
    ['file:///{path}', 'file:///a%2Fb%20c', { path: 'a/b c' }],
    ['file:///{path}', 'file:///100%', { path: '100%' }],
    ['file:///{path}', 'file:///%E4%B8', { path: '%E4%B8' }],
    ['find://x{?q,page}', 'find://x', {}],
    ['find://x{?q,page}', 'find://x?q=a%26b', { q: 'a&b' }],
    ['find://x{?q,page}', 'find://x?page=2&q=a=b', { page: '2', q: 'a=b' }],
    ['find://x{?q,page}', 'find://x?q', { q: '' }],
    ['find://x{?q,page}', 'find://x?q=1&q=2', undefined],
    ['find://x{?q,page}', 'find://x?other=1', undefined],
    ['find://{where}{?q}', 'find://here?q=1', { where: 'here', q: '1' }],
    ['find://{where}', 'find://here?q=1', undefined],
    ['plain://a', 'plain://a', {}],
    ['plain://a', 'plain://ab', undefined],
    ['a://{constructor}', 'a://b', { constructor: 'b' }],
  ])('%s and %s', (template, uri, params) => {
    expect(createUriTemplate(template).match(uri)).toEqual(params)
  })

  it('takes linear time for a text made to make it try everything', () => {
    const template = createUriTemplate('{+a}a{+b}a{+c}a{+d}a{+e}a{+f}!')
    const startedAt = performance.now()
    expect(template.match('a'.repeat(8192))).toBeUndefined()
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })

  it('longer than 8,192 characters fits none', () => {
    expect(createUriTemplate('{a}').match('a'.repeat(8193))).toBeUndefined()
  })
})

describe('a template', () => {
  it.each(['plain://a', 'note://{id}', 'note://{+path}/{id}{?a,b}', '{a.b}'])(
    '%s can be matched',
    (template) => {
      expect(templateProblems(template)).toEqual([])
    },
  )

  it.each([
    ['note://{id', 'brace'],
    ['note://id}', 'brace'],
    ['note://{}', 'not supported'],
    ['note://{/id}', 'not supported'],
    ['note://{id*}', 'not supported'],
    ['note://{id:3}', 'not supported'],
    ['note://{?a}/{b}', 'not supported'],
    ['note://{a}/{a}', 'twice'],
    ['note://{a}{?a}', 'twice'],
  ])('%s is refused', (template, part) => {
    expect(templateProblems(template)).toEqual([expect.stringContaining(part)])
  })
})
