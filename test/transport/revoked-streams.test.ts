import { afterAll, beforeAll, expect, it } from 'vitest'
import type { User } from '../../src/accounts/accounts.js'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import { SIGNING_KEY, type TestGateway } from '../support/gateway.js'
import { envelope, modernRequest } from '../support/modern-post.js'
import { openSession } from '../support/session.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import { listen } from '../user-events/event-client.js'

let two: TwoGateways
beforeAll(async () => {
  two = await startTwoGateways()
})
afterAll(() => two.stop())

const SIGN_IN = { endpointId: 'default', kind: 'refresh', id: 'sign-in-of-ann' } as const
const HOUR_MS = 3_600_000
const WITHIN_2_S = { timeout: 2000, interval: 100 }

function tokenOf(userId: string, signInId?: string): Promise<string> {
  const expiresAt = Date.now() + HOUR_MS
  const subject = { userId, endpointId: 'default', roles: ['caller'] as const, expiresAt }
  return createLocalTokens(SIGNING_KEY).sign({ ...subject, signInId })
}

function disabled(username: string): User {
  const createdAt = new Date().toISOString()
  const rights = { roles: ['caller'] as const, isDisabled: true, epoch: 0 }
  return {
    home: 'default',
    username,
    ...rights,
    createdAt,
    updatedAt: createdAt,
    updatedBy: 'test',
  }
}

const statusOf = async ({ url }: TestGateway, token: string) =>
  (await fetch(new URL('/default/mcp', url), modernRequest('tools/list', {}, { token }))).status

/** Settles when the stream of a response ends. */
async function ended(response: Response): Promise<void> {
  expect(response.status).toBe(200)
  for await (const chunk of response.body ?? []) void chunk
}

it('a user who is disabled loses every stream on every instance, and nobody else loses one', async () => {
  const [ann, bob] = [await tokenOf('ann'), await tokenOf('bob')]
  const [first, second] = [two.first, two.second]
  const session = await openSession(first.url, { token: ann })
  const streams = await Promise.all([
    listen(first, { token: ann }),
    listen(second, { token: ann }),
    fetch(new URL('/default/mcp', second.url), {
      headers: { ...session, accept: 'text/event-stream' },
    }),
    fetch(
      new URL('/default/mcp', first.url),
      modernRequest(
        'subscriptions/listen',
        { notifications: { toolsListChanged: true }, ...envelope() },
        { token: ann },
      ),
    ),
  ])
  const bobs = await listen(second, { token: bob })
  await first.parts.users.create(disabled('ann'))
  await first.parts.revocations.announce('default')
  const [events, elsewhere, ofSession, ofListen] = streams
  await Promise.all([events.rest(), elsewhere.rest(), ended(ofSession), ended(ofListen)])
  for (const gateway of [first, second])
    await expect.poll(() => statusOf(gateway, ann), WITHIN_2_S).toBe(401)
  expect(await statusOf(second, bob)).toBe(200)
  bobs.close()
})

it('a sign-in that ends takes the streams of its tokens along, and those of another one stay', async () => {
  const { first, second } = two
  const { state, revocations } = first.parts
  await state.create(SIGN_IN, { value: {}, expiresAt: Date.now() + HOUR_MS })
  const ofSignIn = await listen(second, { token: await tokenOf('carl', SIGN_IN.id) })
  const other = await listen(second, { token: await tokenOf('carl') })
  await state.remove(SIGN_IN)
  await revocations.announce('default')
  expect(await ofSignIn.rest()).toEqual([])
  const over = await tokenOf('carl', SIGN_IN.id)
  await expect.poll(() => statusOf(first, over), WITHIN_2_S).toBe(401)
  expect(await statusOf(first, await tokenOf('carl'))).toBe(200)
  other.close()
})
