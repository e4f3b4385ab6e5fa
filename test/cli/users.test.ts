import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { openTerminal } from './program.js'

const PASSWORD = 'correct horse'

/** A gateway that runs, on whose data folder the commands work. */
let gateway: TestGateway
let env: Record<string, string>
beforeAll(async () => {
  gateway = await startTestGateway({ env: { PASSWORD_COST: '10' } })
  env = { DATA_DIR: gateway.dataFolder, PASSWORD_COST: '10' }
})
afterAll(() => gateway.stop())

function users(args: readonly string[], piped = '') {
  const terminal = openTerminal(env)
  terminal.stdin.end(piped)
  return terminal.run('users', ...args)
}
const add = (name: string, ...args: string[]) =>
  users(['add', name, '--password-stdin', ...args], `${PASSWORD}\n`)

/** What the running gateway answers. */
async function signIn(username: string, password = PASSWORD, endpoint = 'default') {
  const response = await fetch(new URL(`/${endpoint}/auth/login`, gateway.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('users add', () => {
  it('adds one who signs in with the password from standard input', async () => {
    expect(await add('ann')).toEqual({
      exitCode: 0,
      stdout: 'ann at endpoint default: added as caller\n',
      stderr: '',
    })
    expect((await signIn('ann')).status).toBe(200)
    expect(await add('ann')).toMatchObject({
      exitCode: 1,
      stderr: 'User ann at endpoint default is there already, or was changed just now\n',
    })
  })

  it('generates a password and shows it once', async () => {
    const args = ['add', 'bob', '--generate', '--endpoint', 'acme', '--role', 'publisher']
    const { stdout } = await users([...args, '--role', 'reader'])
    const [said = '', shown = ''] = stdout.split('\n')
    expect(said).toBe('bob at endpoint acme: added as reader, publisher')
    const password = shown.replace('Password, shown this once: ', '')
    expect(password).toMatch(/^[A-Za-z0-9_-]{24}$/)
    expect(await signIn('bob', password, 'acme')).toMatchObject({
      status: 200,
      body: { scope: 'mcp:read mcp:call mcp:publish' },
    })
    expect((await users(['list', '--endpoint', 'acme'])).stdout).not.toContain(password)
  })

  it('asks twice at a terminal, and shows nothing of what is typed', async () => {
    const typing = (text: string) => {
      const terminal = openTerminal(env)
      Object.assign(terminal.stdin, { isTTY: true, setRawMode: () => undefined })
      terminal.stdin.write(text)
      return terminal.run('users', 'add', 'carl')
    }
    expect(await typing(`${PASSWORD}\rcorrect house\r`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The two differ, and nothing changed'),
    })
    expect(await typing('\u0003')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Nothing was typed'),
    })
    const typed = await typing(`correct hoarse\u007f\u007f\u007f\u007frse\r${PASSWORD}\r`)
    expect(typed).toMatchObject({ exitCode: 0, stderr: 'Password: \nThe same again: \n' })
    expect((await signIn('carl')).status).toBe(200)
  })

  it('adds an operator, who is called so and signs in at any endpoint', async () => {
    expect(await add('olga', '--operator')).toMatchObject({
      stdout: 'operator:olga of the whole gateway: added as operator\n',
    })
    expect((await signIn('operator:olga', PASSWORD, 'umbrella')).status).toBe(200)
    expect((await users(['list', '--operator'])).stdout).toMatch(
      /^operator:olga {2}operator {2}enabled/,
    )
  })

  it.each<[readonly string[], RegExp]>([
    [['add'], /^users add: expected one NAME\n/],
    [['add', 'a b'], /^users add: NAME must have 1 to 118 of /],
    [['add', 'operator'], /and not "operator"\n/],
    [
      ['add', 'dora', '--role', 'operator'],
      /^--role: expected one of reader, caller, publisher, admin\n/,
    ],
    [['add', 'dora', '--operator', '--role', 'admin'], /^--role: expected without an operator/],
    [
      ['add', 'dora', '--operator', '--endpoint', 'acme', '--generate'],
      /^--operator: expected without --endpoint/,
    ],
    [['add', 'dora', '--generate', '--password-stdin'], /^--generate: expected without/],
    [['add', 'dora'], /^There is no terminal to ask at: use --password-stdin or --generate\n/],
    [['add', 'dora', '--password', PASSWORD], /^Unknown option '--password'/],
    [['disable', 'x'.repeat(265)], /^users: NAME must have 1 to 264 characters\n/],
  ])('%j is refused, and says what was expected', async (args, said) => {
    expect(await users(args)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(said),
    })
  })

  it.each([
    ['short', 'seven77'],
    ['of 73 bytes', 'x'.repeat(73)],
  ])('refuses a password that is %s', async (_what, password) => {
    expect(await users(['add', 'emil', '--password-stdin'], password)).toMatchObject({
      exitCode: 1,
      stderr: 'password: must have 8 to 72 bytes in UTF-8, and no NUL\n',
    })
  })
})

describe('users that are there', () => {
  it('get another password, and the old one is good for nothing', async () => {
    await add('fay')
    const { stdout } = await users(['password', 'fay', '--password-stdin'], 'another horse\r\n')
    expect(stdout).toBe('fay at endpoint default: another password, and every sign-in ended\n')
    expect((await signIn('fay')).status).toBe(401)
    expect((await signIn('fay', 'another horse')).status).toBe(200)
  })

  it('are disabled and enabled', async () => {
    await add('gus')
    expect((await users(['disable', 'gus'])).stdout).toBe(
      'gus at endpoint default: disabled, and all that was given ended\n',
    )
    expect((await signIn('gus')).status).toBe(401)
    expect((await users(['enable', 'gus'])).stdout).toBe('gus at endpoint default: enabled\n')
    expect((await signIn('gus')).status).toBe(200)
    expect(await users(['enable', 'nobody'])).toMatchObject({
      exitCode: 1,
      stderr: 'There is no user nobody at endpoint default\n',
    })
  })

  it('lose all that was given, also where the tokens come from elsewhere', async () => {
    const token = await gateway.tokenFor('auth0|hal')
    const isLetIn = async () => {
      const headers = { authorization: `Bearer ${token}` }
      const url = new URL('/default/events/ticket', gateway.url)
      return (await fetch(url, { method: 'POST', headers })).status
    }
    expect(await isLetIn()).toBe(201)
    expect((await users(['revoke', 'auth0|hal'])).stdout).toBe(
      'auth0|hal at endpoint default: all that was given ended\n',
    )
    await expect.poll(isLetIn, { timeout: 2000, interval: 100 }).toBe(401)
  })
})

describe('users list', () => {
  it('shows each user of an endpoint in a line, or as JSON, and never a hash', async () => {
    const at = ['--endpoint', 'listed']
    expect((await users(['list', ...at])).stdout).toBe('no users at endpoint listed\n')
    await add('ida', ...at, '--role', 'reader')
    await users(['disable', 'hid\u202eden', ...at])
    const lines = (await users(['list', ...at])).stdout.split('\n')
    expect(lines).toEqual([
      expect.stringMatching(/^hid\\u202eden {2}- {2}disabled {2}no password {2}20.* by cli$/),
      expect.stringMatching(/^ida {2}reader {2}enabled {2}password {2}20.* by cli$/),
      '',
    ])
    const json = (await users(['list', '--json', ...at])).stdout
    expect(JSON.parse(json.split('\n')[1] ?? '')).toMatchObject({
      username: 'ida',
      home: 'listed',
      hasPassword: true,
    })
    expect(json).not.toContain('$2')
  })
})
