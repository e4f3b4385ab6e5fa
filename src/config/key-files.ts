/** The keys that sign and prove local tokens, from their files. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Config, ConfigError } from './config.js'

export interface KeyOfFile {
  readonly algorithm: KeyAlgorithm
  readonly publicKey: KeyObject
  /** Absent for one that only proves what it once signed. */
  readonly privateKey?: KeyObject | undefined
}

type KeyAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

/** Shorter RSA keys may not sign tokens: RFC 7518, 3.3. */
const MIN_RSA_BITS = 2048

/**
 * In the order of `JWT_KEY_FILES`, none without it.
 *
 * @throws ConfigError for a file that is no key, or when the first cannot sign; never quoting a file
 */
export function readKeyFiles({ JWT_KEY_FILES: files = [] }: Pick<Config, 'JWT_KEY_FILES'>) {
  const keys = files.map(readKeyFile)
  if (keys[0] !== undefined && keys[0].privateKey === undefined)
    throw new ConfigError([`JWT_KEY_FILES ${files[0]}: the first signs, so it must be private`])
  return keys
}

function readKeyFile(file: string): KeyOfFile {
  const wrong = (what: string) => new ConfigError([`JWT_KEY_FILES ${file}: ${what}`])
  const pem = readText(file, wrong)
  let keys: Omit<KeyOfFile, 'algorithm'>
  try {
    keys = readPem(pem)
  } catch {
    // Without its cause, which could quote the file.
    throw wrong('expected a key as PEM (PKCS#8), without a passphrase')
  }
  const algorithm = algorithmOf(keys.publicKey)
  if (algorithm === undefined)
    throw wrong(`expected a key of RSA with ${MIN_RSA_BITS} bits or more, P-256 or Ed25519`)
  return { ...keys, algorithm }
}

function readText(file: string, wrong: (what: string) => ConfigError): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw wrong('cannot be read')
  }
}

function readPem(pem: string): Omit<KeyOfFile, 'algorithm'> {
  const publicKey = createPublicKey(pem)
  return pem.includes('PRIVATE KEY-----')
    ? { publicKey, privateKey: createPrivateKey(pem) }
    : { publicKey }
}

function algorithmOf({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): KeyAlgorithm | undefined {
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return 'RS256'
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return 'ES256'
  return type === 'ed25519' ? 'EdDSA' : undefined
}
