import { describe, expect, it } from 'vitest'
import { createSealer, randomSecret } from '../../src/sealing/sealing.js'

const old = { id: 'old', secret: 'an-old-secret-of-thirty-two-characters' }
const young = { id: 'young', secret: 'a-new-secret-of-thirty-two-characters!' }
const purpose = 'test/v1'

describe('a seal', () => {
  const sealer = createSealer({ secrets: [old], purpose })

  it('opens to what was sealed, in its context alone', () => {
    const sealed = sealer.seal('Grüße', 'ann')
    expect(sealed).not.toContain('Gr')
    expect(sealer.open(sealed, 'ann')).toBe('Grüße')
    expect(sealer.open(sealed, 'bea')).toBeUndefined()
  })

  it('never looks the same twice', () => {
    expect(sealer.seal('text', '')).not.toBe(sealer.seal('text', ''))
  })

  it('does not open when any character of it was changed', () => {
    const sealed = sealer.seal('text', 'ann')
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      expect(sealer.open(changed, 'ann')).toBeUndefined()
    }
  })

  it.each(['', '.', '..', '...', 'v1.old.', 'v1.old.AAAA', 'v2.old.AAAA', 'v1.nobody.AAAA'])(
    'is not "%s"',
    (text) => expect(sealer.open(text, '')).toBeUndefined(),
  )

  it('does not open with a part cut off or added', () => {
    const sealed = sealer.seal('text', '')
    expect(sealer.open(sealed.slice(0, -1), '')).toBeUndefined()
    expect(sealer.open(`${sealed}.more`, '')).toBeUndefined()
    expect(sealer.open(`${sealed}=`, '')).toBeUndefined()
  })

  it('outlives the change of the key that made it, not its removal', () => {
    const sealed = sealer.seal('text', '')
    const rotated = createSealer({ secrets: [young, old], purpose })
    expect(rotated.open(sealed, '')).toBe('text')
    expect(sealer.open(rotated.seal('text', ''), '')).toBeUndefined()
    expect(createSealer({ secrets: [young], purpose }).open(sealed, '')).toBeUndefined()
  })

  it('for one purpose does not open for another', () => {
    const other = createSealer({ secrets: [old], purpose: 'other/v1' })
    expect(other.open(sealer.seal('text', ''), '')).toBeUndefined()
  })
})

it('sealing needs a secret; a random one is another one each time', () => {
  expect(() => createSealer({ secrets: [], purpose })).toThrow('needs a secret')
  const [a, b] = [randomSecret(), randomSecret()].map((secret) =>
    createSealer({ secrets: [secret], purpose }),
  )
  expect(b?.open(a?.seal('text', '') ?? '', '')).toBeUndefined()
})
