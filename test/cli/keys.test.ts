import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernRequest } from '../support/modern-post.js'
import { openTerminal } from './program.js'

const WITHIN_2_S = { timeout: 2000, interval: 100 }

/** A gateway that runs, on whose data folder the commands work. */
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

const run = (...args: string[]) => openTerminal({ DATA_DIR: gateway.dataFolder }).run(...args)
const keys = (...args: string[]) => run('keys', ...args)

const statusOf = async (token: string, endpointId = 'default') => {
  const url = new URL(`/${endpointId}/mcp`, gateway.url)
  return (await fetch(url, modernRequest('tools/list', {}, { token }))).status
}

const idOf = (key: string) => key.split('_')[1] ?? ''

describe('keys create', () => {
  it('prints the key alone to standard output, and what it is for beside it', async () => {
    const { exitCode, stdout, stderr } = await keys('create', '--name', 'ci')
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^mcp_[0-9A-Za-z]{17}_[0-9A-Za-z]{49}\n$/)
    const keyId = idOf(stdout)
    expect(stderr).toMatch(
      new RegExp(
        `^Key ${keyId} \\(ci\\) at endpoint default: calls as key:${keyId}, caller, until 2`,
      ),
    )
    expect(stderr).not.toContain(stdout.trim())
    expect(await statusOf(stdout.trim())).toBe(200)
    expect(await statusOf(stdout.trim(), 'acme')).toBe(401)
  })

  it('makes one for a user, some functions, and a while; and an operator’s', async () => {
    const limits = ['--user', 'ann', '--role', 'reader', '--function', 'weather_*', '--days', '1']
    const made = await keys('create', '--name', 'few', '--endpoint', 'acme', ...limits)
    expect(made.stderr).toContain('at endpoint acme: calls as ann, reader, for weather_* only')
    const operators = await keys('create', '--name', 'all', '--operator', '--user', 'olga')
    expect(operators.stderr).toContain('of the whole gateway: calls as operator:olga, operator')
    expect(await statusOf(operators.stdout.trim(), 'umbrella')).toBe(200)
  })

  it.each<[readonly string[], RegExp]>([
    [['create'], /^keys create: expected --name/],
    [['create', '--name', 'x', '--role', 'operator'], /^--role: expected one of reader, caller/],
    [['create', '--name', 'x', '--operator', '--role', 'admin'], /^--role: expected without/],
    [['create', '--name', 'x', '--operator', '--endpoint', 'a'], /^--operator: expected without/],
    [['create', '--name', 'x', '--days', '3651'], /^--days: must be a whole number from 1 to 3650/],
    [['revoke'], /^keys revoke: expected one KEY_ID/],
    [['revoke', 'mcp_a_b'], /^keys revoke: KEY_ID is what stands between the two _/],
    [['list', '--all'], /^Unknown option '--all'/],
  ])('%j is refused, and says what was expected', async (args, said) => {
    expect(await keys(...args)).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(said),
    })
  })

  it.each<[readonly string[], RegExp]>([
    [['--name', ''], /^name: must have 1 to 64 characters/],
    [['--name', 'x', '--user', 'operator:ann'], /^user: keys of the whole gateway/],
    [['--name', 'x', '--function', ''], /^function: must be /],
  ])('%j makes no key', async (args, said) => {
    expect(await keys('create', ...args)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(said),
    })
  })
})

describe('keys list', () => {
  it('shows the keys of one endpoint, and nothing of their secrets', async () => {
    const endpoint = ['--endpoint', 'listed']
    expect((await keys('list', ...endpoint)).stdout).toBe('no keys at endpoint listed\n')
    expect((await keys('list', '--json', ...endpoint)).stdout).toBe('')
    const { stdout: key } = await keys(
      'create',
      '--name',
      'a\u202eb',
      '--role',
      'admin',
      ...endpoint,
    )
    const { stdout: line } = await keys('list', ...endpoint)
    expect(line).toMatch(
      new RegExp(
        `^${idOf(key)} {2}a\\\\u202eb {2}key:\\w+ {2}admin {2}every function {2}until .*never used\n$`,
      ),
    )
    const { stdout: json } = await keys('list', '--json', ...endpoint)
    expect(JSON.parse(json)).toMatchObject({ home: 'listed', keyId: idOf(key), roles: ['admin'] })
    for (const said of [line, json]) expect(said).not.toMatch(/hash|secret/)
  })
})

describe('keys revoke', () => {
  it('ends a key, which the running gateway refuses; a second time there is none', async () => {
    const { stdout } = await keys('create', '--name', 'short')
    const key = stdout.trim()
    expect(await statusOf(key)).toBe(200)
    expect(await keys('revoke', idOf(key))).toEqual({
      exitCode: 0,
      stdout: `${idOf(key)} at endpoint default: revoked\n`,
      stderr: '',
    })
    await expect.poll(() => statusOf(key), WITHIN_2_S).toBe(401)
    expect(await keys('revoke', idOf(key))).toMatchObject({
      exitCode: 1,
      stderr: 'There is no such key at endpoint default\n',
    })
  })
})

describe('audit list', () => {
  it('shows what was done at an endpoint, the newest first', async () => {
    const audit = (...args: string[]) => run('audit', 'list', '--endpoint', 'watched', ...args)
    expect((await audit()).stdout).toBe('nothing happened at endpoint watched\n')
    expect((await audit('--json')).stdout).toBe('')
    const { stdout } = await keys('create', '--name', 'ci', '--endpoint', 'watched')
    await keys('revoke', idOf(stdout), '--endpoint', 'watched')
    const shown = (await audit()).stdout.trimEnd().split('\n')
    expect(shown[0]).toMatch(new RegExp(`^2\\S+ {2}cli {2}key\\.revoked {2}${idOf(stdout)} {2}- `))
    expect(shown[1]).toMatch(/ {2}key\.created {2}.*"name":"ci"/)
    expect(shown).toHaveLength(2)
    const [newest = ''] = (await audit('--json', '--limit', '1')).stdout.split('\n')
    expect(JSON.parse(newest)).toMatchObject({ endpointId: 'watched', action: 'key.revoked' })
    expect((await audit('--since', '1h')).stdout.split('\n')).toHaveLength(3)
    expect((await audit('--since', '2099-01-01')).stdout).toMatch(/^nothing happened/)
    expect(await audit('--limit', '0')).toMatchObject({ exitCode: 2 })
  })

  it('shows what happened to bundles too', async () => {
    await gateway.publish('journey_tools', 'published')
    const { stdout } = await run('audit', 'list', '--endpoint', 'published')
    expect(stdout).toMatch(/ {2}test {2}bundle\.activate {2}journey_tools/)
  })
})
