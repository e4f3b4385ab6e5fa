import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { expect, it, onTestFinished } from 'vitest'
import { ensureLocalSecrets } from '../../src/config/local-secrets.js'
import { readConfig } from '../../src/config/config.js'
import { modernPost } from '../support/modern-post.js'
import { createFolder, createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const OFF = { ADMIN_TOKEN_ENABLED: '0' }

it('switched off, none is generated, and who was added by a command signs in and calls', async () => {
  const env = { ...OFF, DATA_DIR: await createServedFolder(), PASSWORD_COST: '10' }
  const adding = openTerminal(env)
  adding.stdin.end('correct horse')
  expect(await adding.run('users', 'add', 'ann', '--password-stdin')).toMatchObject({ exitCode: 0 })
  const terminal = openTerminal({ ...env, PORT: '0', EXECUTOR: 'worker' })
  const said = once(terminal.stdout, 'data')
  const ended = terminal.run('start')
  onTestFinished(async () => {
    terminal.interrupt()
    await ended
  })
  const banner = String(await Promise.race([said, ended.then(({ stderr }) => stderr)]))
  expect(banner).not.toContain('Admin token')
  expect(banner).toContain('npx mcp-daemon token --user me)')
  const [, url = ''] = /listens on (http:\S+)\n/.exec(banner) ?? []
  const signedIn = await fetch(new URL('/default/auth/login', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ann', password: 'correct horse' }),
  })
  const { access_token: token } = (await signedIn.json()) as { access_token: string }
  const call = (bearer: string) => fetch(new URL('/mcp', url), modernPost('tools/list', {}, bearer))
  expect((await call(token)).status).toBe(200)
  const own = (await openTerminal(env).run('token', '--user', 'me')).stdout.trim()
  expect((await call(own)).status).toBe(200)
  expect(await openTerminal(env).run('token')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('ADMIN_TOKEN_ENABLED is 0'),
  })
})

it('switched off, the one of the folder or of the environment is good for nothing', async () => {
  const folder = await createFolder()
  const { secrets } = ensureLocalSecrets(folder)
  expect(ensureLocalSecrets(folder, false)).toEqual({
    secrets: { jwtSecretKey: secrets.jwtSecretKey },
    isNew: false,
  })
  const env = { ...OFF, DATA_DIR: folder, ADMIN_STATIC_TOKEN: 'x'.repeat(32) }
  expect(await openTerminal(env).run('token')).toMatchObject({ exitCode: 1, stdout: '' })
})

it('switched on again, one is generated, once, and the signing key stays', async () => {
  const folder = await createFolder()
  const first = ensureLocalSecrets(folder, false)
  expect(first).toEqual({ secrets: { jwtSecretKey: expect.any(String) }, isNew: false })
  const second = ensureLocalSecrets(folder)
  expect(second).toEqual({
    secrets: { ...first.secrets, adminToken: expect.stringMatching(/^.{43}$/) },
    isNew: true,
  })
  expect(ensureLocalSecrets(folder)).toEqual({ ...second, isNew: false })
  expect(await readdir(folder)).toEqual(['admin-token.json', 'secrets.json'])
})

it('switched off, AWS needs none', () => {
  const aws = { AWS_REGION: 'eu-west-1', FUNCT_BUCKET_NAME: 'b', JWT_SECRET_KEY: 'x'.repeat(32) }
  expect(readConfig({ ...aws, ...OFF })).toMatchObject({ ADMIN_TOKEN_ENABLED: false })
  expect(() => readConfig(aws)).toThrow('ADMIN_STATIC_TOKEN is needed with AWS')
})
