import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config/config.js'
import { settingsSecrets } from '../../src/config/settings-keys.js'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'settings-keys-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const [A, B, JWT] = ['a'.repeat(32), 'b'.repeat(32), 'j'.repeat(32)]
const AWS = { AWS_REGION: 'eu-central-1', FUNCT_BUCKET_NAME: 'bundles' }

const secrets = (env: Record<string, string>) =>
  settingsSecrets(readConfig({ DATA_DIR: folder, MCP_TRANSPORT: 'stdio', ...env }))

describe('the keys of settings', () => {
  it('are those of SETTINGS_KEYS, in their order, with what opened before them behind', () => {
    const env = { ...AWS, SETTINGS_KEYS: `young:${A},old:${B}`, JWT_SECRET_KEY: JWT }
    expect(secrets(env)).toEqual([
      { id: 'young', secret: A },
      { id: 'old', secret: B },
      { id: 'jwt', secret: JWT },
    ])
  })

  it('are in AWS made from the token key where none are given, and never generated', () => {
    expect(secrets({ ...AWS, JWT_SECRET_KEY: JWT })).toEqual([{ id: 'jwt', secret: JWT }])
    expect(() => secrets(AWS)).toThrow('SETTINGS_KEYS or JWT_SECRET_KEY is needed with AWS')
    expect(readdirSync(folder)).toEqual([])
  })

  it('are generated once on a laptop, for its owner alone, the same whatever else is known', () => {
    const [generated] = secrets({})
    expect(generated).toEqual({ id: 'local', secret: expect.stringMatching(/^[\w-]{43}$/) })
    expect(secrets({})).toEqual([generated])
    expect(secrets({ JWT_SECRET_KEY: JWT })[0]).toEqual(generated)
    expect(statSync(join(folder, 'settings-secret.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['settings-secret.json'])
  })

  it('that are given under the id of a generated one take its place', () => {
    expect(secrets({ SETTINGS_KEYS: `local:${A}` })).toEqual([{ id: 'local', secret: A }])
  })

  it.each(['', '{}', '{"settingsSecret":"short"}'])(
    'are not generated anew when the file is damaged: %s',
    (text) => {
      const file = join(folder, 'settings-secret.json')
      writeFileSync(file, text)
      expect(() => secrets({})).toThrow(`${file} is damaged`)
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )

  it.each(['a:short', 'no-colon', `a:${A},a:${B}`])(
    'are refused when they are wrong: %s',
    (text) => {
      expect(() => secrets({ SETTINGS_KEYS: text })).toThrow('SETTINGS_KEYS must be a list of')
    },
  )
})
