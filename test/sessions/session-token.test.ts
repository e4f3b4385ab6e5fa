import { describe, expect, it } from 'vitest'
import type { Session } from '../../src/domain/session.js'
import { readCapabilities } from '../../src/sessions/client-capabilities.js'
import { deriveSessionKeys } from '../../src/sessions/session-keys.js'
import { signSession, verifySession } from '../../src/sessions/session-token.js'

const old = { id: 'old', secret: 'an old secret of thirty-two or more characters' }
const fresh = { id: 'fresh', secret: 'a fresh secret of thirty-two or more characters' }
const keys = deriveSessionKeys([fresh, old])
const owner = { endpointId: 'acme', userId: 'ann' }

const session: Session = {
  ...owner,
  id: Buffer.alloc(16, 7).toString('base64url'),
  version: '2025-06-18',
  capabilities: new Set(['sampling', 'elicitation', 'elicitation.form', 'extension.tasks']),
  client: { name: 'an agent 🤖', version: '1.2.3' },
  expiresAt: 1_900_000_000_000,
}
const token = signSession(session, keys)
const [keyId = '', payload = '', signature = ''] = token.split('.')

describe('a session token', () => {
  it('brings back everything that was signed', () => {
    expect(verifySession(token, owner, keys)).toEqual(session)
  })

  it('is visible ASCII, and at most 1 KiB with the longest of everything [L2]', () => {
    const client = { name: '🤖'.repeat(64), version: '🤖'.repeat(64) }
    const long = { ...session, client, endpointId: 'e'.repeat(63), userId: '🤖'.repeat(64) }
    const secrets = [{ ...fresh, id: 'k'.repeat(16) }]
    const longest = signSession(long, deriveSessionKeys(secrets))
    expect(longest).toMatch(/^[\x21-\x7e]{700,1024}$/)
    expect(verifySession(longest, long, deriveSessionKeys(secrets))).toEqual(long)
  })

  it('is refused when any one of its characters is another one', () => {
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const tampered = `${token.slice(0, at)}${other}${token.slice(at + 1)}`
      expect(verifySession(tampered, owner, keys), `character ${at}`).toBeUndefined()
    }
  })

  it.each([
    ['nothing', ''],
    ['no parts', 'x'],
    ['no signature', `${keyId}.${payload}`],
    ['an empty signature', `${keyId}.${payload}.`],
    ['a part too many', `${token}.x`],
    ['white space', ` ${token}`],
    ['padding', `${token}=`],
    ['a signature that stands for the same bytes', `${keyId}.${payload}.${twin(signature)}`],
    ['an unknown key', `other.${payload}.${signature}`],
    ['the id of another known key', `old.${payload}.${signature}`],
    ['a name every object has', `__proto__.${payload}.${signature}`],
    ['bytes beyond ASCII', `${keyId}.${payload}.${'é'.repeat(43)}`],
    ['no end', `${token}${'x'.repeat(2000)}`],
  ])('that is or has %s is refused', (_what, wrong) => {
    expect(verifySession(wrong, owner, keys)).toBeUndefined()
  })

  it.each([
    ['another user', { ...owner, userId: 'bob' }],
    ['another endpoint', { ...owner, endpointId: 'other' }],
    ['a user whose name runs into the endpoint', { endpointId: 'acmea', userId: 'nn' }],
  ])('of %s is refused', (_who, other) => {
    expect(verifySession(token, other, keys)).toBeUndefined()
  })

  it('is signed by the first key, and verified by every one that is still there', () => {
    const before = deriveSessionKeys([old])
    const signedBefore = signSession(session, before)
    expect(signedBefore).toMatch(/^old\./)
    expect(token).toMatch(/^fresh\./)
    expect(verifySession(signedBefore, owner, keys)).toEqual(session)
    expect(verifySession(token, owner, before)).toBeUndefined()
    expect(verifySession(signedBefore, owner, deriveSessionKeys([fresh]))).toBeUndefined()
  })

  it('is refused when its key id stands for another secret by now', () => {
    const renewed = deriveSessionKeys([{ id: 'fresh', secret: old.secret }])
    expect(verifySession(token, owner, renewed)).toBeUndefined()
  })
})

/** The same 32 bytes in other letters: the last one has two bits that mean nothing. */
function twin(text: string): string {
  const bytes = Buffer.from(text, 'base64url')
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const found = letters
    .split('')
    .map((last) => text.slice(0, -1) + last)
    .find((other) => other !== text && Buffer.from(other, 'base64url').equals(bytes))
  if (found === undefined) throw new Error('there is no twin')
  return found
}

describe('declared capabilities', () => {
  it.each<[object, string[]]>([
    [{}, []],
    [{ sampling: {} }, ['sampling']],
    [{ sampling: { tools: {}, context: {} } }, ['sampling', 'sampling.tools', 'sampling.context']],
    [{ elicitation: {} }, ['elicitation', 'elicitation.form']],
    [{ elicitation: { url: {} } }, ['elicitation', 'elicitation.url']],
    [
      { elicitation: { form: {}, url: {} } },
      ['elicitation', 'elicitation.form', 'elicitation.url'],
    ],
    [{ roots: { listChanged: true } }, ['roots', 'roots.listChanged']],
    [{ roots: { listChanged: 'yes' } }, ['roots']],
    [{ extensions: { 'io.modelcontextprotocol/tasks': {} } }, ['extension.tasks']],
    [{ sampling: true, roots: [], elicitation: null, experimental: { x: {} } }, []],
  ])('%j are %j', (declared, flags) => {
    expect([...readCapabilities({ ...declared })]).toEqual(flags)
  })
})
