import { expect, it } from 'vitest'
import type { CognitoClient } from '../../src/issuers/cognito-client.js'
import { createCognitoSignIns } from '../../src/issuers/issuers.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

const busy = { code: 'BUSY', data: { retryAfterS: 1 } }

/** A pool that answers nobody until it is told to. */
function setUp() {
  let free = () => {}
  let asked = 0
  const held = new Promise<void>((resolve) => {
    free = resolve
  })
  const answer = async () => {
    asked++
    await held
    return { accessToken: 'none', expiresInS: 600 }
  }
  const client: CognitoClient = {
    signIn: answer,
    refresh: answer,
    revoke: async () => void (await answer()),
  }
  const signIns = createCognitoSignIns({
    client,
    tokens: {
      verify: async () => ({
        endpointId: 'acme',
        userId: 'ann',
        roles: ['caller'],
        credential: { home: 'acme', epoch: 0 },
      }),
    },
    audit: { note: () => {} },
    log: silentLog,
  })
  const refresh = (address: string) => signIns.refresh('acme', 'YW5u~token', { address })
  return { signIns, refresh, free, asked: () => asked }
}

it('a pool is asked for four at a time from one address, of whatever kind', async () => {
  const { signIns, refresh, free, asked } = setUp()
  const address = '192.0.2.1'
  const first = [
    refresh(address),
    refresh(`::ffff:${address}`),
    signIns.end('acme', 'YW5u~token', { address }),
    signIns.end('acme', 'YW5u~token', { address }),
  ]
  const given = { username: 'ann', password: 'Correct-horse-1' }
  await expect(signIns.signIn('acme', given, { address })).rejects.toMatchObject(busy)
  const other = refresh('192.0.2.2')
  free()
  await Promise.all([...first, other])
  expect(asked()).toBe(5)
  await refresh(address)
})

it('a pool is asked for sixteen at a time in all, and the rest try again', async () => {
  const { refresh, free, asked } = setUp()
  const first = Array.from({ length: 16 }, (_, n) => refresh(`192.0.2.${n}`))
  await expect(refresh('192.0.2.200')).rejects.toMatchObject(busy)
  free()
  await Promise.all(first)
  expect(asked()).toBe(16)
  for (let n = 0; n < 5; n++) await refresh('192.0.2.200')
})
