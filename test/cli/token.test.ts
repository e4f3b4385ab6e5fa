import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLocalTokens } from '../../src/auth/auth.js'
import { ensureLocalSecrets } from '../../src/config/local-secrets.js'
import { createFolder, createServedFolder, serveFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const HOUR_MS = 3_600_000
const given = {
  ADMIN_STATIC_TOKEN: 'the-admin-token-from-the-environment',
  JWT_SECRET_KEY: 'the-signing-key-from-the-environment',
}

/** A data folder that runs, where the environment has the secrets. */
let served: Awaited<ReturnType<typeof serveFolder>>
let env: Record<string, string>
beforeAll(async () => {
  served = await serveFolder()
  env = { ...given, DATA_DIR: served.dataFolder }
})
afterAll(() => served.stop())

async function folderWithSecrets(create = createFolder) {
  const dataFolder = await create()
  return { dataFolder, ...ensureLocalSecrets(dataFolder).secrets }
}

it('shows the admin token that the first start generated', async () => {
  const { dataFolder, adminToken } = await folderWithSecrets()
  const outcome = await openTerminal({ DATA_DIR: dataFolder }).run('token')
  expect(outcome).toEqual({ exitCode: 0, stdout: `${adminToken}\n`, stderr: '' })
})

it('of the environment goes before that of the folder, also with AWS', async () => {
  const { dataFolder } = await folderWithSecrets()
  const aws = { FUNCT_BUCKET_NAME: 'bundles', AWS_REGION: 'eu-west-1' }
  for (const each of [
    given,
    { ...given, ...aws },
    { ADMIN_STATIC_TOKEN: given.ADMIN_STATIC_TOKEN },
  ]) {
    const { stdout } = await openTerminal({ DATA_DIR: dataFolder, ...each }).run('token')
    expect(stdout).toBe(`${given.ADMIN_STATIC_TOKEN}\n`)
  }
})

it('for a user is good for that user at that endpoint, for these hours', async () => {
  const { dataFolder, jwtSecretKey } = await folderWithSecrets(createServedFolder)
  const args = ['token', '--user', 'ann', '--endpoint', 'acme', '--hours', '2']
  const { stdout, exitCode } = await openTerminal({ DATA_DIR: dataFolder }).run(...args)
  expect(exitCode).toBe(0)
  const now = Date.now()
  const proven = await createLocalTokens(jwtSecretKey).verify(stdout.trim(), 'acme')
  expect(proven).toMatchObject({ userId: 'ann', endpointId: 'acme', roles: ['caller'] })
  expect(Math.abs((proven.expiresAt ?? 0) - now - 2 * HOUR_MS)).toBeLessThan(60_000)
})

it('for a user is for the endpoint of the environment, and for a day, unless told otherwise', async () => {
  const terminal = openTerminal({ ...env, MCP_ENDPOINT_ID: 'umbrella' })
  const { stdout } = await terminal.run('token', '--user', 'ben')
  const now = Date.now()
  const tokens = createLocalTokens(given.JWT_SECRET_KEY)
  const proven = await tokens.verify(stdout.trim(), 'umbrella')
  expect(proven.endpointId).toBe('umbrella')
  expect(Math.abs((proven.expiresAt ?? 0) - now - 24 * HOUR_MS)).toBeLessThan(60_000)
})

it.each([
  [['--endpoint', 'MCP'], /^--endpoint: must be /],
  [['--hours', '0'], /^--hours: must be a whole number from 1 to 8760\n/],
  [['--hours', '8761'], /^--hours: /],
  [['--hours', '1.5'], /^--hours: /],
  [['--hours', 'many'], /^--hours: /],
  [['--user', ''], /^--user: must have 1 to 128 characters\n/],
  [['--user', 'x'.repeat(129)], /^--user: /],
  [['--user', 'operator'], /^--user: must not be an operator, a key or a user of another issuer\n/],
  [['--user', 'operator:ann'], /^--user: must not be/],
  [['--user', 'key:0123456789abcdefg'], /^--user: must not be/],
  [['--user', 'oidc:issuer:ann'], /^--user: must not be/],
  [['--user', 'cognito:ann'], /^--user: must not be/],
])('for a user is not made with %j', async (args, said) => {
  const outcome = await openTerminal(env).run('token', '--user', 'ann', ...args)
  expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(said) })
})

it('is not there before the first start, and never with AWS: it says what to do', async () => {
  const DATA_DIR = await createFolder()
  expect(await openTerminal({ DATA_DIR }).run('token')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: `Bad configuration:\n  DATA_DIR ${DATA_DIR} holds no secrets yet: they are generated at the first start\n`,
  })
  const aws = { DATA_DIR, FUNCT_BUCKET_NAME: 'bundles', AWS_REGION: 'eu-west-1' }
  expect(await openTerminal(aws).run('token')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('ADMIN_STATIC_TOKEN and JWT_SECRET_KEY are needed with AWS'),
  })
})

it('in a damaged file is not quoted: one line names the file', async () => {
  const dataFolder = await createFolder()
  await writeFile(join(dataFolder, 'secrets.json'), '{"adminToken": do-not-tell}')
  const { exitCode, stderr } = await openTerminal({ DATA_DIR: dataFolder }).run('token')
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/secrets\.json is damaged: mend it, or remove it/)
  expect(stderr).not.toContain('do-not')
})

it('for a user is signed by the first key pair, where there are some', async () => {
  const file = join(await createFolder(), 'tokens.pem')
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  await writeFile(file, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const signed = { ...env, JWT_KEY_FILES: file, PUBLIC_URL: 'https://mcp.example.com' }
  const { stdout } = await openTerminal(signed).run('token', '--user', 'ann')
  const proven = await jwtVerify(stdout.trim(), publicKey, { algorithms: ['EdDSA'] })
  expect(proven.payload).toMatchObject({ sub: 'ann', iss: 'https://mcp.example.com' })
  await writeFile(file, 'do-not-tell')
  expect(await openTerminal(signed).run('token', '--user', 'ann')).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: expect.stringMatching(/JWT_KEY_FILES .*tokens\.pem: expected a key as PEM/),
  })
})

it('for a user of whom all was taken back is good again, and for one who is disabled is not made', async () => {
  for (const name of ['fay', 'gus']) await openTerminal(env).run('users', 'revoke', name)
  await openTerminal(env).run('users', 'disable', 'gus')
  const { stdout } = await openTerminal(env).run('token', '--user', 'fay')
  const proven = await createLocalTokens(given.JWT_SECRET_KEY).verify(stdout.trim(), 'default')
  expect(proven.credential).toMatchObject({ home: 'default', epoch: 1 })
  expect(await openTerminal(env).run('token', '--user', 'gus')).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'The user is disabled\n',
  })
})

it('for a user is not made where none would be good', async () => {
  const oidc = { ...env, AUTH_PROVIDER: 'oidc', OIDC_ISSUER: 'https://id.example.com' }
  const { exitCode, stdout, stderr } = await openTerminal(oidc).run('token', '--user', 'ann')
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('AUTH_PROVIDER is without local')
  expect((await openTerminal(oidc).run('token')).exitCode).toBe(0)
})
