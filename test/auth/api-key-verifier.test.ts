import { expect, it } from 'vitest'
import { createApiKeyVerifier } from '../../src/auth/api-key-verifier.js'

it('a store that cannot be asked is nobody’s wrong key', async () => {
  const verifier = createApiKeyVerifier({ prove: () => Promise.reject(new Error('away')) })
  await expect(verifier.verify('mcp_any', 'acme')).rejects.toMatchObject({
    code: 'ACCOUNTS_UNAVAILABLE',
  })
})

it('every token that begins like a key is judged as one, and no other', () => {
  const verifier = createApiKeyVerifier({ prove: async () => undefined })
  const texts = ['mcp_', 'mcp_a_b', 'mcpr_a', 'eyJhbGciOi', '']
  expect(texts.map((text) => verifier.recognises(text))).toEqual([true, true, false, false, false])
})
