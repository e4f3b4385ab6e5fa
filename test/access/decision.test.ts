import { describe, expect, it } from 'vitest'
import { decide, decideCall, type Subject } from '../../src/access/decision.js'
import { demandRight, hasRight, RIGHTS, scopesFor } from '../../src/access/rights.js'
import type { AccessRules } from '../../src/domain/access-rules.js'
import { type Role, ROLES } from '../../src/domain/caller.js'
import type { McpType } from '../../src/domain/capability.js'
import { aFunction } from './functions.js'

const person = (userId: string, role: Role, keyId?: string): Subject => ({
  userId,
  roles: [role],
  credential: { home: 'acme', epoch: 0, keyId },
})

const ann = person('ann', 'caller')
const boss = person('boss', 'admin')
const robot = person('ann', 'caller', 'key-7')
const reader = person('rea', 'reader')

describe('roles', () => {
  it('each has the rights of those below it, and one more', () => {
    const rightsOf = (role: Role) => RIGHTS.filter((right) => hasRight({ roles: [role] }, right))
    expect(ROLES.map(rightsOf)).toEqual([
      ['read'],
      ['read', 'call'],
      ['read', 'call', 'publish'],
      ['read', 'call', 'publish', 'admin'],
      ['read', 'call', 'publish', 'admin'],
    ])
    expect(RIGHTS.filter((right) => hasRight({ roles: [] }, right))).toEqual([])
  })

  it('the highest of several counts, in whatever order', () => {
    expect(hasRight({ roles: ['publisher', 'reader'] }, 'call')).toBe(true)
  })

  it('who lacks a right is told all scopes that are needed', () => {
    expect(RIGHTS.map(scopesFor)).toEqual([
      'mcp:read',
      'mcp:read mcp:call',
      'mcp:read mcp:call mcp:publish',
      'mcp:read mcp:call mcp:publish mcp:admin',
    ])
    expect(() => demandRight(reader, 'call')).toThrow(
      expect.objectContaining({
        code: 'INSUFFICIENT_SCOPE',
        data: { scope: 'mcp:read mcp:call' },
      }),
    )
  })
})

describe('rules of a function', () => {
  it.each<[string, AccessRules | undefined, Subject, boolean]>([
    ['no rules let in everybody', undefined, reader, true],
    ['empty rules too', {}, reader, true],
    ['an empty allow lets in nobody', { allow: [] }, boss, false],
    ['allow a role', { allow: ['role:publisher'] }, ann, false],
    ['allow those above it', { allow: ['role:publisher'] }, boss, true],
    ['allow a user', { allow: ['user:ann'] }, ann, true],
    ['allow nobody else', { allow: ['user:ann'] }, boss, false],
    ['allow a key', { allow: ['key:key-*'] }, robot, true],
    ['not its user without it', { allow: ['key:*'] }, ann, false],
    ['one of several is enough', { allow: ['user:zoe', 'role:caller'] }, ann, true],
    ['deny a user', { deny: ['user:a*'] }, ann, false],
    ['deny nobody else', { deny: ['user:a*'] }, boss, true],
    ['deny a key', { deny: ['key:key-7'] }, robot, false],
    ['not its user without it', { deny: ['key:key-7'] }, ann, true],
    ['deny a role', { deny: ['role:caller'] }, ann, false],
    ['deny those below it', { deny: ['role:caller'] }, reader, false],
    ['not those above it', { deny: ['role:caller'] }, boss, true],
    ['deny comes first', { allow: ['user:ann'], deny: ['user:ann'] }, ann, false],
    ['who has no role is below all', { deny: ['role:reader'] }, { ...ann, roles: [] }, false],
    ['what is no rule allows nobody', { allow: ['everybody'] }, boss, false],
    ['and denies all', { deny: ['everybody'] }, boss, false],
  ])('%s', (_name, access, subject, isAllowed) => {
    expect(decide(subject, aFunction({ access })).isAllowed).toBe(isAllowed)
  })

  it('say which of them has decided, and whose it is', () => {
    const access = { allow: ['user:zoe', 'role:caller'], deny: ['user:rob*'] }
    const by = (source: 'bundle' | 'operator') => aFunction({ access, source })
    const because = (subject: Subject, source: 'bundle' | 'operator' = 'bundle') =>
      decide(subject, by(source)).because
    expect(because(ann)).toEqual({ kind: 'allowed', rule: 'role:caller', source: 'bundle' })
    expect(because(person('robin', 'admin'), 'operator')).toEqual({
      kind: 'denied',
      rule: 'user:rob*',
      source: 'operator',
    })
    expect(because(reader, 'operator')).toEqual({ kind: 'not-allowed', source: 'operator' })
    expect(decide(ann, aFunction({})).because).toEqual({ kind: 'open' })
  })

  it('count for nothing where an operator has disabled it, and for operators too', () => {
    const disabled = aFunction({ access: { allow: ['user:*'] }, isDisabled: true })
    const decision = { isAllowed: false, because: { kind: 'disabled' } }
    expect(decide(person('op', 'operator'), disabled)).toEqual(decision)
  })

  it('are for those alone whose credential is good for it', () => {
    const limited = { ...ann, functions: ['tool:weather_*'] }
    const decision = { isAllowed: false, because: { kind: 'credential' } }
    const access = { allow: ['user:ann'] }
    expect(decide(limited, aFunction({ name: 'secrets', access }))).toEqual(decision)
    expect(decide(limited, aFunction({ name: 'weather_now', access })).isAllowed).toBe(true)
  })

  it.each<[McpType, Subject, boolean]>([
    ['tool', reader, false],
    ['tool', ann, true],
    ['prompt', reader, true],
    ['resource', reader, true],
    ['resource_template', { ...reader, roles: [] }, false],
  ])('do not give the right to call: %s', (mcpType, subject, isAllowed) => {
    const fn = aFunction({ mcpType, access: { allow: ['user:*'] } })
    expect(decideCall(subject, fn).isAllowed).toBe(isAllowed)
  })
})
