import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readKeyFiles } from '../../src/config/key-files.js'

const folder = mkdtempSync(join(tmpdir(), 'key-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}
const pem = (key: KeyObject) =>
  String(key.export({ format: 'pem', type: key.type === 'public' ? 'spki' : 'pkcs8' }))
const ed = generateKeyPairSync('ed25519')
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

const read = (...files: string[]) => readKeyFiles({ JWT_KEY_FILES: files })

it('reads keys in their order, private ones and public ones, each of its own algorithm', () => {
  const keys = read(
    write('ed.pem', pem(ed.privateKey)),
    write('ec.pem', pem(ec.publicKey)),
    write('rsa.pem', pem(rsa.privateKey)),
  )
  expect(keys.map(({ algorithm, privateKey }) => [algorithm, privateKey !== undefined])).toEqual([
    ['EdDSA', true],
    ['ES256', false],
    ['RS256', true],
  ])
  expect(keys[0]?.publicKey.equals(ed.publicKey)).toBe(true)
})

it('are none when none are named', () => expect(readKeyFiles({})).toEqual([]))

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey
const locked = ed.privateKey.export({
  format: 'pem',
  type: 'pkcs8',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
})

it.each<[string, string, RegExp]>([
  [
    'a key that cannot sign',
    pem(ed.publicKey),
    /bad\.pem: the first signs, so it must be private$/,
  ],
  ['a weak RSA key', pem(weak), /bad\.pem: expected a key of RSA with 2048 bits/],
  ['another curve', pem(otherCurve), /bad\.pem: expected a key of RSA with 2048 bits/],
  [
    'a locked key',
    String(locked),
    /bad\.pem: expected a key as PEM \(PKCS#8\), without a passphrase$/,
  ],
  ['no key', 'do-not-tell', /bad\.pem: expected a key as PEM/],
])('refuses %s as the first one, naming the file and nothing in it', (_what, text, said) => {
  const file = write('bad.pem', text)
  expect(() => read(file)).toThrow(said)
  expect(() => read(file)).not.toThrow('do-not-tell')
})

it('names a file that is not there', () =>
  expect(() => read(join(folder, 'missing.pem'))).toThrow(/missing\.pem: cannot be read/))
