/** A user pool of cognito-local with one user in it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Lifetimes } from '../conformance/lifetimes.js'
import { run } from '../support/product.js'

export interface Pool {
  /** Where cognito-local answers; with the id behind it, the issuer that its tokens name. */
  readonly url: string
  readonly id: string
  /** Of an app client without a secret. */
  readonly clientId: string
}

export const USER = { name: 'ann@example.com', password: 'Correct-horse-1' } as const

const HOST = '127.0.0.1'

/** Starts it in a folder of its own, for it writes where it stands. */
export async function startCognitoLocal({ endWith }: Lifetimes): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cognito-local-'))
  endWith(async () => rm(folder, { recursive: true, force: true }))
  // Its tokens name the port that it was told, so it cannot choose one.
  const port = String(await freePort())
  const inFolder = ['sh', '-c', 'cd "$1" && exec cognito-local', 'sh', folder]
  const emulator = run(inFolder, { HOST, PORT: port })
  endWith(() => emulator.stop())
  await emulator.until(/running on/)
  return `http://${HOST}:${port}`
}

/** @param group that its user is in */
export async function createPool(url: string, group: string): Promise<Pool> {
  const client = new CognitoIdentityProviderClient({
    endpoint: url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  })
  const { UserPool } = await client.send(new CreateUserPoolCommand({ PoolName: 'people' }))
  const UserPoolId = UserPool?.Id ?? ''
  const app = { UserPoolId, ClientName: 'gateway', GenerateSecret: false }
  const { UserPoolClient } = await client.send(new CreateUserPoolClientCommand(app))
  const user = { UserPoolId, Username: USER.name }
  const MessageAction = 'SUPPRESS'
  await client.send(new AdminCreateUserCommand({ ...user, MessageAction }))
  const password = { Password: USER.password, Permanent: true }
  await client.send(new AdminSetUserPasswordCommand({ ...user, ...password }))
  await client.send(new CreateGroupCommand({ UserPoolId, GroupName: group }))
  await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: group }))
  client.destroy()
  return { url, id: UserPoolId, clientId: UserPoolClient?.ClientId ?? '' }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('there is no free port')
  return address.port
}
