/** Two gateways over one engine, for tests of the management API: what one changes, the other shows. */
import { afterAll, beforeAll } from 'vitest'
import { createLocalTokens } from '../../src/auth/local-tokens.js'
import type { Role } from '../../src/domain/caller.js'
import type { Published } from '../../src/publishing/publishing.js'
import { ADMIN_TOKEN, SIGNING_KEY, startTestGateway, type TestGateway } from './gateway.js'
import { modernPost } from './modern-post.js'
import { notesZip, type NotesBundle } from './notes-bundle.js'
import { hasRedis, startTestRedis, type TestRedis } from './redis.js'

let first: TestGateway | undefined
let second: TestGateway | undefined
let endpoints = 0

/**
 * One start for all tests of a file. With Redis, where there is one: else they find out what the other
 * has done when they look.
 */
export function useManagement(env: Record<string, string> = {}): void {
  let redis: TestRedis | undefined
  beforeAll(async () => {
    redis = hasRedis ? await startTestRedis() : undefined
    const options = { env: { ...env, ...(redis && { REDIS_URL: redis.url }) } }
    first = await startTestGateway(options)
    second = await startTestGateway({ ...options, sharing: first })
  })
  afterAll(async () => {
    await second?.stop()
    await first?.stop()
    await redis?.stop()
    first = undefined
    second = undefined
  })
}

/** The two that run. */
export function gateways(): { readonly first: TestGateway; readonly second: TestGateway } {
  if (first === undefined || second === undefined) throw new Error('call useManagement() first')
  return { first, second }
}

/** An endpoint that no other test of the file has. */
export function newEndpoint(): string {
  endpoints += 1
  return `managed-${endpoints}`
}

export interface AnswerError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** What came of one request; `data` is what the test says it asked for. */
export interface Answer<Data> {
  readonly status: number
  readonly data: Data
  readonly errors: readonly AnswerError[]
}

export type Ask = <Data = Readonly<Record<string, unknown>>>(
  query: string,
  variables?: object,
) => Promise<Answer<Data>>

/** @param url of a gateway, with an endpoint's path or without one: `${url}/acme`, `${url}` */
export async function graphql<Data = Readonly<Record<string, unknown>>>(
  url: string,
  token: string,
  query: string,
  variables: object = {},
): Promise<Answer<Data>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const text = await response.text()
  if (!text.startsWith('{')) throw new Error(`${response.status}: ${text.slice(0, 500)}`)
  const { data, errors = [] } = JSON.parse(text) as Partial<Answer<Data>>
  if (data === undefined && errors.length === 0) throw new Error(`${response.status}: ${text}`)
  return { status: response.status, data: data as Data, errors }
}

/** What a query shows. @throws Error with all that was refused */
export async function shown<Data>(ask: Ask, query: string, variables?: object): Promise<Data> {
  const { data, errors } = await ask<Data>(query, variables)
  if (errors.length > 0) throw new Error(JSON.stringify(errors, undefined, 2))
  return data
}

export interface UserErrorShown {
  readonly field: readonly string[]
  readonly code: string
  readonly message: string
}

/** A payload as the test has selected it. */
export type Payload<Fields> = Fields & { readonly userErrors: readonly UserErrorShown[] }

/**
 * Does one mutation, whose input is called as it is.
 *
 * @param selection beside `userErrors`
 */
export async function mutate<Fields = Readonly<Record<string, unknown>>>(
  ask: Ask,
  name: string,
  input: object,
  selection = '',
): Promise<Payload<Fields>> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const fields = `${selection} userErrors { field code message }`
  const query = `mutation ($input: ${type}) { done: ${name}(input: $input) { ${fields} } }`
  const data = await shown<{ done: Payload<Fields> }>(ask, query, { input })
  return data.done
}

/** Who asks both gateways, of one endpoint or of all. */
export interface Manager {
  /** Empty for an operator of the whole gateway. */
  readonly endpointId: string
  readonly userId: string
  readonly token: string
  readonly onFirst: Ask
  readonly onSecond: Ask
}

export interface Somebody {
  readonly endpointId?: string
  readonly role?: Exclude<Role, 'operator'>
  readonly userId?: string
}

/** Somebody of one endpoint; default: an admin of a new one. */
export async function managerOf({
  endpointId = newEndpoint(),
  role = 'admin',
  userId = 'ada',
}: Somebody = {}): Promise<Manager> {
  const expiresAt = Date.now() + 3_600_000
  const tokens = createLocalTokens(SIGNING_KEY)
  const token = await tokens.sign({ userId, endpointId, roles: [role], expiresAt })
  return { endpointId, userId, token, ...asks(`/${endpointId}`, token) }
}

/** An operator of the whole gateway. */
export function operator(): Manager {
  return { endpointId: '', userId: 'operator', token: ADMIN_TOKEN, ...asks('', ADMIN_TOKEN) }
}

function asks(path: string, token: string): Pick<Manager, 'onFirst' | 'onSecond'> {
  return {
    onFirst: (query, variables) => graphql(gateways().first.url + path, token, query, variables),
    onSecond: (query, variables) => graphql(gateways().second.url + path, token, query, variables),
  }
}

/** Makes a bundle of notes callable there. */
export function publishNotes(endpointId: string, bundle: NotesBundle = {}): Promise<Published> {
  const { publishing } = gateways().first.parts
  const variables = { TOKEN: 'the-secret-of-the-notes' }
  return publishing.publish({ endpointId, zip: notesZip(bundle), variables, actor: 'test' })
}

/** Calls a tool by MCP; what is answered is read to its end. */
export async function callTool(
  { endpointId, token }: Pick<Manager, 'endpointId' | 'token'>,
  name: string,
  args: object = {},
  gateway: Pick<TestGateway, 'url'> = gateways().first,
): Promise<string> {
  const post = modernPost('tools/call', { name, arguments: args }, token)
  const response = await fetch(`${gateway.url}/${endpointId}/mcp`, post)
  return response.text()
}
