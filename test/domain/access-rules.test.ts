import { describe, expect, it } from 'vitest'
import { isAccessRule } from '../../src/domain/access-rules.js'
import { isFunctionGlob, isWithin } from '../../src/domain/function-globs.js'

describe('a rule', () => {
  it.each([
    'role:reader',
    'role:operator',
    'user:ann',
    'user:*@acme.com',
    'user:operator:*',
    'key:k?',
  ])('may be %s', (text) => expect(isAccessRule(text)).toBe(true))

  it.each([
    '',
    'ann',
    'users',
    'keys',
    'role:',
    'role:root',
    'role:*',
    'Role:admin',
    'user:',
    'key:',
    'group:x',
    ' user:ann',
    `user:${'x'.repeat(257)}`,
  ])('is not %j', (text) => expect(isAccessRule(text)).toBe(false))
})

describe('functions that a credential is limited to', () => {
  const weather = { mcpType: 'tool', name: 'weather_now' } as const
  const guide = { mcpType: 'resource', name: 'guide', uri: 'docs://guide' } as const

  it.each([
    [['weather_*'], true, false],
    [['tool:weather_*'], true, false],
    [['prompt:weather_*'], false, false],
    [['guide'], false, true],
    [['docs://*'], false, true],
    [['resource:docs://*'], false, true],
    [['resource_template:docs://*'], false, false],
    [['*'], true, true],
    [['other', 'tool:*'], true, false],
    [[], false, false],
    [undefined, true, true],
  ])('%j: the tool %s, the resource %s', (functions, tool, resource) => {
    expect([isWithin({ functions }, weather), isWithin({ functions }, guide)]).toEqual([
      tool,
      resource,
    ])
  })

  it('are named by texts of a bounded length', () => {
    expect(['', 'x'.repeat(257), 'x'].map(isFunctionGlob)).toEqual([false, false, true])
  })
})
