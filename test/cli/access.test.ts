import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { openTerminal } from './program.js'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
  await gateway.publish('journey_tools')
  const user = (username: string, isDisabled: boolean) =>
    gateway.parts.users.create({
      home: 'default',
      username,
      roles: ['caller'],
      isDisabled,
      epoch: 0,
      createdAt: '2026-01-31T00:00:00.000Z',
      updatedAt: '2026-01-31T00:00:00.000Z',
      updatedBy: 'test',
    })
  await user('ann', false)
  await user('gone', true)
})
afterAll(() => gateway.stop())

const access = (...args: string[]) =>
  openTerminal({ DATA_DIR: gateway.dataFolder }).run('access', ...args)
const shown = async (...args: string[]) => (await access(...args)).stdout
const explained = (user: string, name: string, ...more: string[]) =>
  shown('explain', '--user', user, '--function', name, ...more)

describe('access', () => {
  it('sets who may call a function, shows it, says why, and takes it back', async () => {
    expect(await shown('list')).toBe('no function has rules at endpoint default\n')
    expect(await explained('ann', 'echo')).toBe(
      'yes: user ann (caller) may call tool echo at endpoint default: the role has the right, and no rule is against it\n',
    )
    expect(await shown('set', 'echo', '--allow', 'role:admin', '--deny', 'user:zoe')).toBe(
      'tool echo at endpoint default: active, allow role:admin  deny user:zoe\n',
    )
    expect(await explained('ann', 'echo')).toBe(
      'no: user ann (caller) may not call tool echo at endpoint default: nothing of allow, set by an operator, fits\n',
    )
    expect(await explained('zoe', 'echo', '--role', 'admin')).toContain(
      'no: user zoe (admin) may not call tool echo at endpoint default: deny user:zoe, set by an operator, fits',
    )
    expect(await explained('boss', 'echo', '--role', 'admin')).toContain(
      'allow role:admin, set by an operator, fits',
    )
    expect(await shown('list')).toMatch(
      /^tool echo {2}active {2}allow role:admin {2}deny user:zoe {2}set \S+ by cli\n$/,
    )
    expect(await shown('set', 'echo', '--clear')).toBe(
      'tool echo at endpoint default: as its bundle says\n',
    )
    expect(await shown('list')).toBe('no function has rules at endpoint default\n')
  })

  it('disables a function and enables it, and leaves its rules', async () => {
    await access('set', 'greet', '--allow', 'user:ann')
    expect(await shown('set', 'greet', '--disable')).toBe(
      'prompt greet at endpoint default: disabled, allow user:ann\n',
    )
    expect(await explained('ann', 'greet')).toContain(
      'no: user ann (caller) may not call prompt greet at endpoint default: an operator has disabled it, for everybody',
    )
    expect(await shown('list')).toContain('prompt greet  disabled  allow user:ann  set ')
    expect(await shown('set', 'greet', '--enable')).toBe(
      'prompt greet at endpoint default: active, allow user:ann\n',
    )
    expect(await explained('ann', 'greet')).toContain('yes: ')
    await access('set', 'greet', '--clear')
  })

  it('explains by role, key and account what a running gateway does', async () => {
    expect(await explained('rea', 'echo', '--role', 'reader')).toContain(
      'no: user rea (reader) may not call tool echo at endpoint default: it needs the right "call": the role caller, or one above it',
    )
    expect(await explained('gone', 'echo')).toContain('no: user gone (caller) may not call')
    expect(await explained('gone', 'echo')).toContain('the user is disabled')
    await access('set', 'journey://static', '--allow', 'key:k-*')
    expect(await explained('ann', 'journey://static')).toContain('no: ')
    expect(await explained('ann', 'journey://static', '--key', 'k-1')).toContain(
      'yes: user ann (caller) may call resource journey://static at endpoint default: allow key:k-*, set by an operator, fits',
    )
  })

  it('explains a key by what it was made with, and says when there is none', async () => {
    const maker = { userId: 'op', roles: ['operator'] as const }
    const limits = { roles: ['caller'] as const, functions: ['tool:echo'], days: 1 }
    const made = { home: 'default', name: 'robot', userId: 'ann', ...limits }
    const { key } = await gateway.parts.keys.create(maker, made)
    const byKey = (name: string, ...more: string[]) =>
      access('explain', '--key', key.keyId, '--function', name, ...more)
    expect((await byKey('echo')).stdout).toContain('yes: user ann (caller) may call tool echo')
    expect((await byKey('whoami', '--user', 'ann')).stdout).toContain(
      'no: user ann (caller) may not call tool whoami at endpoint default: the credential is limited to other functions',
    )
    expect(await byKey('echo', '--user', 'zoe')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--user: expected ann, whose key that is'),
    })
    const none = await access('explain', '--user', 'ann', '--key', 'none', '--function', 'echo')
    expect(none.stdout).toContain('yes: ')
    expect(none.stderr).toBe('there is no key none here: explained as though there were\n')
  })

  it.each<[string, string[], number, string]>([
    ['no function', ['set', '--disable'], 2, 'expected one FUNCTION'],
    ['nothing to set', ['set', 'echo'], 2, 'expected --allow, --deny, --disable, --enable'],
    ['no rule', ['set', 'echo', '--allow', 'ann'], 2, '--allow: expected role:NAME'],
    ['both', ['set', 'echo', '--enable', '--disable'], 2, '--enable: expected without --disable'],
    ['more than to clear', ['set', 'echo', '--clear', '--disable'], 2, '--clear: expected by'],
    ['a name that is not there', ['set', 'ehco', '--disable'], 1, 'There is no function ehco'],
    ['no such type', ['set', 'echo', '--type', 'x', '--disable'], 2, '--type: expected one of'],
    ['nobody', ['explain', '--function', 'echo'], 2, 'expected --user U or --key ID'],
    [
      'one without account and role',
      ['explain', '--user', 'who', '--function', 'echo'],
      2,
      '--role: expected for who, who has no account',
    ],
    [
      'no such role',
      ['explain', '--user', 'who', '--function', 'echo', '--role', 'root'],
      2,
      '--role: expected one of reader',
    ],
    [
      'an unknown function',
      ['explain', '--user', 'ann', '--function', 'nothing'],
      1,
      'There is no function nothing at endpoint default',
    ],
  ])('refuses %s, and says what was expected', async (_what, args, exitCode, said) => {
    const outcome = await access(...args)
    expect(outcome).toMatchObject({ exitCode, stdout: '' })
    expect(outcome.stderr).toContain(said)
  })
})
