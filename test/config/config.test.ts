import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, settings, usesAws } from '../../src/config/config.js'
import { settingsHelp } from '../../src/config/help.js'
import { ensureLocalSecrets, readLocalSecrets } from '../../src/config/local-secrets.js'
import { executorOf } from '../../src/config/module-executors.js'

const SECRET = 'x'.repeat(32)
const aws = {
  AWS_REGION: 'eu-central-1',
  FUNCT_BUCKET_NAME: 'bundles',
  JWT_SECRET_KEY: SECRET,
  ADMIN_STATIC_TOKEN: SECRET,
}

describe('the configuration', () => {
  it('needs nothing on a laptop, and stays on loopback', () => {
    const config = readConfig({})
    expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 8000, MCP_TRANSPORT: 'sse' })
    expect(usesAws(config)).toBe(false)
  })

  it('has no default for any secret', () => {
    expect(readConfig({})).not.toHaveProperty('JWT_SECRET_KEY')
    expect(readConfig({})).not.toHaveProperty('ADMIN_STATIC_TOKEN')
  })

  it('takes an empty value for none', () => {
    expect(readConfig({ PORT: '', HOST: '' })).toMatchObject({ PORT: 8000, HOST: '127.0.0.1' })
  })

  it('cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  it('names everything that is wrong at once, the contradictions too', () => {
    const wrong = {
      PORT: 'abc',
      MCP_ENDPOINT_ID: 'A B',
      PUBLIC_URL: 'ftp://x',
      AUTH_PROVIDER: 'local,kerberos',
      ADMIN_STATIC_TOKEN: 'short',
      ALLOWED_ORIGINS: 'https://a.example/path',
      FUNCT_BUCKET_NAME: 'bundles',
      TASK_TTL_MS: '5000',
    }
    const read = () => readConfig(wrong)
    for (const line of [
      'PORT must be a whole number from 0 to 65535',
      'MCP_ENDPOINT_ID must be 1 to 63 of a-z',
      'PUBLIC_URL must be an http or https URL',
      'AUTH_PROVIDER must be a list of local, cognito, oidc',
      'ADMIN_STATIC_TOKEN must have at least 32 characters',
      'ALLOWED_ORIGINS must be a list of origins like https://app.example.com',
      'AWS_REGION is needed with FUNCT_BUCKET_NAME',
      'JWT_SECRET_KEY is needed with AWS',
      'TASK_TTL_MS must be at least TASK_TIMEOUT_MS',
    ])
      expect(read).toThrow(line)
  })

  it('never repeats a secret that is wrong', () => {
    expect(() => readConfig({ ADMIN_STATIC_TOKEN: 'hunter2' })).not.toThrow('hunter2')
  })

  it.each(['JWT_SECRET_KEY', 'ADMIN_STATIC_TOKEN', 'AWS_REGION'])(
    'with AWS does not start without %s',
    (name) => expect(() => readConfig({ ...aws, [name]: undefined })).toThrow(name),
  )

  it('with AWS and stdio needs no token, because nobody signs in', () => {
    const { JWT_SECRET_KEY: _key, ADMIN_STATIC_TOKEN: _token, ...rest } = aws
    expect(usesAws(readConfig({ ...rest, MCP_TRANSPORT: 'stdio' }))).toBe(true)
  })

  const oidc = { AUTH_PROVIDER: 'oidc', OIDC_ISSUER: 'https://id.example' }

  it.each([
    [{ AUTH_PROVIDER: 'cognito' }, 'COGNITO_USER_POOL_ID is needed'],
    [{ AUTH_PROVIDER: 'oidc' }, 'OIDC_ISSUER is needed'],
    [{ OIDC_ISSUER: 'http://id.example' }, 'OIDC_ISSUER must be an https URL'],
    [{ COGNITO_ENDPOINT: 'http://10.0.0.1' }, 'COGNITO_ENDPOINT must be an https URL'],
    [{ AUTHORIZATION_SERVERS: 'https://a.example,b' }, 'AUTHORIZATION_SERVERS must be a list'],
    [{ OIDC_REQUIRED_CLAIMS: 'a=b,c' }, 'OIDC_REQUIRED_CLAIMS must be a list of NAME=VALUE'],
    [{ OIDC_DEFAULT_ROLE: 'operator' }, 'OIDC_DEFAULT_ROLE must be reader, caller'],
    [{ ...oidc, HOST: '0.0.0.0' }, 'PUBLIC_URL is needed with AUTH_PROVIDER=oidc'],
    [{ ...oidc, OIDC_ROLE_MAP: 'a=reader' }, 'OIDC_ROLES_CLAIM is needed with OIDC_ROLE_MAP'],
    [
      { ...oidc, OIDC_ROLES_CLAIM: 'roles', OIDC_ROLE_MAP: 'a=operator' },
      'OIDC_ROLE_MAP must map to reader, caller, publisher, admin',
    ],
    [
      { AUTH_PROVIDER: 'cognito', COGNITO_USER_POOL_ID: 'pool', COGNITO_APP_CLIENT_ID: 'a' },
      'AWS_REGION is needed with a COGNITO_USER_POOL_ID that names no region',
    ],
  ])('refuses %j: %s', (env, line) => {
    expect(() => readConfig(env)).toThrow(line)
  })

  it('takes each provider, and several at a time', () => {
    const read = readConfig({
      ...oidc,
      AUTH_PROVIDER: 'local, cognito,oidc',
      COGNITO_USER_POOL_ID: 'eu-west-1_Ab12Cd34E',
      COGNITO_APP_CLIENT_ID: 'one, two',
      OIDC_ISSUER: 'https://id.example/',
      OIDC_ROLES_CLAIM: 'groups',
      OIDC_ROLE_MAP: 'cn=ops=acme:admin, dev=caller',
    })
    expect(read).toMatchObject({
      AUTH_PROVIDER: ['local', 'cognito', 'oidc'],
      COGNITO_APP_CLIENT_ID: ['one', 'two'],
      OIDC_ISSUER: 'https://id.example/',
      OIDC_ROLE_MAP: [
        { name: 'cn=ops', value: 'acme:admin' },
        { name: 'dev', value: 'caller' },
      ],
    })
  })

  it('reads session keys in order, the first one first', () => {
    const other = `${'y'.repeat(32)}:=+/`
    expect(readConfig({ SESSION_KEYS: `k2:${other}, k1:${SECRET}` }).SESSION_KEYS).toEqual([
      { id: 'k2', secret: other },
      { id: 'k1', secret: SECRET },
    ])
    expect(readConfig({})).not.toHaveProperty('SESSION_KEYS')
  })

  it.each([
    SECRET,
    'k1:hunter2',
    `k1:${SECRET},`,
    `k1:${SECRET},k1:${SECRET}`,
    `k 1:${SECRET}`,
    `:${SECRET}`,
    `${'k'.repeat(17)}:${SECRET}`,
  ])('refuses session keys like %s without repeating them', (SESSION_KEYS) => {
    const read = () => readConfig({ SESSION_KEYS })
    expect(read).toThrow('SESSION_KEYS must be a list of KEY_ID:SECRET')
    expect(read).not.toThrow(SESSION_KEYS)
  })

  it('reads lists and URLs into their canonical form', () => {
    const env = {
      ALLOWED_ORIGINS: 'https://a.example, http://b:1',
      PUBLIC_URL: 'https://c.example/',
    }
    expect(readConfig(env)).toMatchObject({
      ALLOWED_ORIGINS: ['https://a.example', 'http://b:1'],
      PUBLIC_URL: 'https://c.example',
    })
  })
})

describe('where a module runs', () => {
  const where = (MODULE_EXECUTORS: string | undefined, module: string) => {
    const [endpointId = '', packageName = '', moduleName = ''] = module.split('/')
    const config = readConfig({ MODULE_EXECUTORS, EXECUTOR: 'worker' })
    return executorOf(config, { endpointId, packageName, moduleName })
  }

  it.each([
    ['acme/tools/fast=inline', 'acme/tools/fast', 'inline'],
    ['acme/tools/fast=inline', 'acme/tools/slow', 'worker'],
    ['acme/tools/fast=inline', 'acme/other/fast', 'worker'],
    ['acme/tools/fast=inline', 'other/tools/fast', 'worker'],
    ['acme/*/*=inline', 'acme/any/thing', 'inline'],
    ['*/tools/*=process', 'any/tools/thing', 'process'],
    ['*/*/*=process', 'any/tools/thing', 'process'],
    ['acme/tools/*=inline, acme/*/*=process', 'acme/tools/fast', 'inline'],
    ['acme/*/*=process,acme/tools/*=inline', 'acme/tools/fast', 'process'],
    [undefined, 'acme/tools/fast', 'worker'],
  ])('MODULE_EXECUTORS=%s puts %s into %s', (rules, module, executor) => {
    expect(where(rules, module)).toBe(executor)
  })

  it.each([
    'acme/tools=worker',
    'acme/tools/fast',
    'acme/tools/fast=thread',
    'acme//fast=worker',
    'acme/to*/fast=worker',
    'ac me/tools/fast=worker',
    'acme/tools/fast=worker,',
    'acme/tools/fast=worker,wrong',
  ])('MODULE_EXECUTORS=%s is refused: it says what it has to be', (MODULE_EXECUTORS) => {
    expect(() => readConfig({ MODULE_EXECUTORS })).toThrow(
      'MODULE_EXECUTORS must be a list of ENDPOINT/PACKAGE/MODULE=EXECUTOR: * for any, and process, worker, inline',
    )
  })

  it.each(['*/trusted/*=inline', '*/*/fast=worker', '*/trusted/fast=worker'])(
    'MODULE_EXECUTORS=%s is refused: any publisher may take that name',
    (MODULE_EXECUTORS) => {
      expect(() => readConfig({ MODULE_EXECUTORS })).toThrow(
        'MODULE_EXECUTORS must name the endpoint where it takes a package or module out of process: anybody may publish under that name',
      )
    },
  )

  it.each(['*/*/*=inline', 'acme/trusted/*=inline', '*/wild/fast=process'])(
    'MODULE_EXECUTORS=%s is taken',
    (MODULE_EXECUTORS) => {
      expect(readConfig({ MODULE_EXECUTORS }).MODULE_EXECUTORS).toHaveLength(1)
    },
  )
})

describe('the help', () => {
  it('explains every setting and gives its default', () => {
    const lines = settingsHelp().split('\n')
    expect(lines).toHaveLength(Object.keys(settings).length)
    for (const [index, name] of Object.keys(settings).entries())
      expect(lines[index]).toMatch(new RegExp(`^ {2}${name} +\\S.{8,}`))
    expect(settingsHelp()).toMatch(/PORT .*\[8000\]/)
    expect(settingsHelp()).toMatch(/AUTH_PROVIDER .*\[local\]/)
  })
})

describe("a laptop's secrets", () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'secrets-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  it('are generated once, different each time, readable by their owner only', () => {
    const first = ensureLocalSecrets(join(folder, 'a'))
    expect(first.isNew).toBe(true)
    expect(ensureLocalSecrets(join(folder, 'a'))).toEqual({ ...first, isNew: false })
    expect(ensureLocalSecrets(join(folder, 'b')).secrets).not.toEqual(first.secrets)
    expect(statSync(join(folder, 'a', 'secrets.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'a'))).toEqual(['secrets.json'])
  })

  it('are not there before the first start', () => {
    expect(readLocalSecrets(folder)).toBeUndefined()
  })

  it.each(['', '{}', '{"adminToken":"short","jwtSecretKey":"short"}'])(
    'are not replaced when the file is damaged: %s',
    (text) => {
      const file = join(folder, 'secrets.json')
      writeFileSync(file, text)
      expect(() => ensureLocalSecrets(folder)).toThrow(`${file} is damaged`)
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it('that cannot be read are an error and not a reason for new ones', () => {
    writeFileSync(join(folder, 'blocked'), '')
    expect(() => readLocalSecrets(join(folder, 'blocked'))).toThrow('ENOTDIR')
  })
})
