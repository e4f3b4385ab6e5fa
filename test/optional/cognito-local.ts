/**
 * Signs in at the built gateway with a user pool of cognito-local, which `.ci/cognito-local` puts on
 * the search path. Prints a line for everything that was as expected, and ends at the first surprise.
 *
 * It is not AWS: it calls a wrong password by another name (`InvalidPasswordException`), does not say
 * how long tokens live (so `expires_in` is 0; it is a day), and signs all of them with a key that
 * everybody knows.
 */
import { fileURLToPath } from 'node:url'
import { decodeJwt } from 'jose'
import { type Lifetimes, withLifetimes } from '../conformance/lifetimes.js'
import { modernPost } from '../support/modern-post.js'
import {
  createDataFolder,
  type Gateway,
  removeDataFolder,
  startGateway,
} from '../support/product.js'
import { createPool, type Pool, startCognitoLocal, USER } from './emulated-pool.js'

const ENDPOINT = 'acme'
const bundle = fileURLToPath(new URL('../support/bundles/journey_tools', import.meta.url))

const interrupt = new AbortController()
// On, not once: a terminal's signal comes again through npx and tsx.
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => interrupt.abort(new Error(`stopped by ${name}`)))

process.exitCode = await withLifetimes(runAll).then(
  () => 0,
  (error: unknown) => {
    process.stderr.write(
      `NOT AS EXPECTED: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return 1
  },
)
if (process.exitCode === 0) say('everything that was started has ended')

async function runAll(lifetimes: Lifetimes): Promise<void> {
  const url = await startCognitoLocal(lifetimes)
  say(`cognito-local answers at ${url}`)
  interrupt.signal.throwIfAborted()
  const pool = await createPool(url, `${ENDPOINT}:caller`)
  say(`pool ${pool.id} has the app client ${pool.clientId} and ${USER.name} in ${ENDPOINT}:caller`)
  interrupt.signal.throwIfAborted()
  const gateway = await startProduct(lifetimes, pool)
  say(`the gateway answers at ${gateway.url.origin}`)
  await signsInAndOut(gateway.url.origin, pool).catch((error: unknown) => {
    process.stderr.write(`the gateway's log:\n${gateway.stderr()}`)
    throw error
  })
}

async function signsInAndOut(gateway: string, pool: Pool): Promise<void> {
  const first = await signsIn(gateway, pool)
  await callsThereAlone(gateway, first.access_token)
  await refusesOthers(gateway)
  await refreshesUntilTheEnd(gateway, first.refresh_token)
}

async function startProduct(lifetimes: Lifetimes, pool: Pool): Promise<Gateway> {
  const dataFolder = await createDataFolder()
  lifetimes.endWith(async () => removeDataFolder(dataFolder))
  const gateway = await startGateway({
    dataFolder,
    env: {
      MCP_ENDPOINT_ID: ENDPOINT,
      MCP_CONFIG_FILE: bundle,
      AUTH_PROVIDER: 'cognito',
      COGNITO_ENDPOINT: pool.url,
      COGNITO_USER_POOL_ID: pool.id,
      COGNITO_APP_CLIENT_ID: pool.clientId,
    },
  })
  lifetimes.endWith(() => gateway.stop())
  return gateway
}

interface Given {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly scope: string
}

async function signsIn(gateway: string, pool: Pool): Promise<Given> {
  const response = await auth(gateway, 'login', { username: USER.name, password: USER.password })
  const given = JSON.parse(await expectStatus('login', response, 200)) as Given
  const { iss, exp = 0, iat = 0 } = decodeJwt(given.access_token)
  const issuer = `${pool.url}/${pool.id}`
  if (iss !== issuer) throw new Error(`the token is of ${iss}, not of ${issuer}`)
  if (given.scope !== 'mcp:read mcp:call') throw new Error(`the scope is ${given.scope}`)
  say(`  the token is of ${iss}, for ${exp - iat} s (expires_in ${given.expires_in})`)
  return given
}

async function callsThereAlone(gateway: string, token: string): Promise<void> {
  const listed = await expectStatus('tools/list', await listTools(gateway, ENDPOINT, token), 200)
  const { result } = JSON.parse(listed) as { result: { tools: { name: string }[] } }
  if (!result.tools.some(({ name }) => name === 'whoami')) throw new Error(`not listed: ${listed}`)
  say(`  ${result.tools.length} tools`)
  const asked = await ask(gateway, ENDPOINT, [
    'tools/call',
    { name: 'whoami', arguments: {} },
    token,
  ])
  const said = await expectStatus('tools/call whoami', asked, 200)
  const user = `cognito:${decodeJwt(token).sub}`
  if (!said.includes(user)) throw new Error(`whoami is not ${user}: ${said}`)
  say(`  it is ${user}`)
  const elsewhere = await listTools(gateway, 'default', token)
  await expectStatus('tools/list at another endpoint', elsewhere, 403)
}

async function refusesOthers(gateway: string): Promise<void> {
  const right = { username: USER.name, password: USER.password }
  const wrong = await auth(gateway, 'login', { ...right, password: 'Wrong-horse-1' })
  const refusal = await expectStatus('login with a wrong password', wrong, 401)
  const unknown = await auth(gateway, 'login', { ...right, username: 'nobody@example.com' })
  if ((await expectStatus('login of a stranger', unknown, 401)) !== refusal)
    throw new Error('a stranger is told something else than who has the wrong password')
  const elsewhere = await auth(gateway, 'login', right, 'default')
  await expectStatus('login at another endpoint', elsewhere, 403)
  const forged = await auth(gateway, 'refresh', { refresh_token: 'YW5u~forged' })
  await expectStatus('refresh with a forged token', forged, 401)
  const stranger = await listTools(gateway, ENDPOINT, 'x')
  await expectStatus('tools/list with a token of nobody', stranger, 401)
}

async function refreshesUntilTheEnd(gateway: string, refresh_token: string): Promise<void> {
  const response = await auth(gateway, 'refresh', { refresh_token })
  const again = JSON.parse(await expectStatus('refresh', response, 200)) as Given
  const listed = await listTools(gateway, ENDPOINT, again.access_token)
  await expectStatus('tools/list with the new token', listed, 200)
  await expectStatus('logout', await auth(gateway, 'logout', { refresh_token }), 204)
  const over = await auth(gateway, 'refresh', { refresh_token: again.refresh_token })
  await expectStatus('refresh after logout', over, 401)
}

async function auth(gateway: string, what: string, body: object, endpointId = ENDPOINT) {
  return fetch(`${gateway}/${endpointId}/auth/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: interrupt.signal,
  })
}

async function listTools(gateway: string, endpointId: string, token: string) {
  return ask(gateway, endpointId, ['tools/list', {}, token])
}

async function ask(gateway: string, endpointId: string, request: Parameters<typeof modernPost>) {
  const init = { ...modernPost(...request), signal: interrupt.signal }
  return fetch(`${gateway}/${endpointId}/mcp`, init)
}

/** @returns the body */
async function expectStatus(what: string, response: Response, status: number): Promise<string> {
  const body = await response.text()
  if (response.status !== status)
    throw new Error(`${what}: ${response.status} instead of ${status}: ${body}`)
  say(`${what}: ${status}`)
  return body
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
