/** The secrets of a laptop: generated once into the data folder, readable by its owner only. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf } from '../domain/code-of.js'
import { ConfigError } from './config.js'

const LocalSecrets = z.object({
  adminToken: z.string().min(32),
  jwtSecretKey: z.string().min(32),
})

export type LocalSecrets = z.infer<typeof LocalSecrets>

const FILE_NAME = 'secrets.json'

const SettingsSecret = z.object({ settingsSecret: z.string().min(32) })

/** A file of its own: whoever needs it first must not be the one who generates the admin token. */
const SETTINGS_FILE_NAME = 'settings-secret.json'

/** @throws ConfigError naming the file when it is there and not readable as secrets */
export function readLocalSecrets(dataFolder: string): LocalSecrets | undefined {
  return readFile(join(dataFolder, FILE_NAME), LocalSecrets)
}

/**
 * Generates the secrets unless they are there. Two processes that start at once agree: the file
 * appears whole, under one name, once.
 */
export function ensureLocalSecrets(dataFolder: string): { secrets: LocalSecrets; isNew: boolean } {
  const known = readLocalSecrets(dataFolder)
  if (known !== undefined) return { secrets: known, isNew: false }
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const secrets = { adminToken: randomSecret(), jwtSecretKey: randomSecret() }
  const isNew = writeOnce(join(dataFolder, FILE_NAME), JSON.stringify(secrets, null, 2))
  if (isNew) return { secrets, isNew }
  return ensureLocalSecrets(dataFolder)
}

/**
 * The secret that seals settings in this folder's database, generated when there is none.
 *
 * @throws ConfigError naming the file when it is damaged; what it sealed cannot be opened without it
 */
export function ensureLocalSettingsSecret(dataFolder: string): string {
  const file = join(dataFolder, SETTINGS_FILE_NAME)
  const known = readFile(file, SettingsSecret)
  if (known !== undefined) return known.settingsSecret
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  writeOnce(file, JSON.stringify({ settingsSecret: randomSecret() }, null, 2))
  return ensureLocalSettingsSecret(dataFolder)
}

function readFile<Secrets>(file: string, schema: z.ZodType<Secrets>): Secrets | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    // Without its cause, which could quote the file and end up in a log.
    throw new ConfigError([`${file} is damaged: mend it, or remove it to generate new secrets`])
  }
}

function writeOnce(file: string, text: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, `${text}\n`, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/** 256 bits, safe in headers and shells. */
function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}
