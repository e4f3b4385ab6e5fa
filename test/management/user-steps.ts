/** What tests do to users, and see of them. */
import { callTool, gateways, type Manager } from '../support/management.js'

interface Outcome {
  readonly user: {
    readonly id: string
    readonly username: string
    readonly updatedAt: string
  } | null
  readonly password: string | null
  readonly userErrors: readonly { readonly field: readonly string[]; readonly code: string }[]
}

const USER = 'id username roles isDisabled hasPassword createdAt updatedAt updatedBy'

/** One of the mutations that answer with a user. */
export async function change(manager: Manager, mutation: string, input: object): Promise<Outcome> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`
  const { data, errors } = await manager.onFirst<Record<string, Outcome>>(
    `mutation ($input: ${type}!) {
      ${mutation}(input: $input) { user { ${USER} } password userErrors { field code } }
    }`,
    { input },
  )
  const outcome = data[mutation]
  if (outcome === undefined) throw new Error(JSON.stringify(errors))
  return outcome
}

/** Removes one for good. */
export async function remove(manager: Manager, input: object) {
  const { data } = await manager.onFirst<{
    deleteUser: { deletedUsername: string | null; userErrors: Outcome['userErrors'] }
  }>(
    `mutation ($input: DeleteUserInput!) {
      deleteUser(input: $input) { deletedUsername userErrors { field code } }
    }`,
    { input },
  )
  return data.deleteUser
}

/** As the other instance shows them. */
export async function userOf(manager: Manager, username: string): Promise<unknown> {
  const { data } = await manager.onSecond<{ endpoint: { user: unknown } }>(
    `query ($username: String!) { endpoint { user(username: $username) { ${USER} } } }`,
    { username },
  )
  return data.endpoint.user
}

/** Signs in at the other instance. */
export async function signIn(
  { endpointId }: Pick<Manager, 'endpointId'>,
  username: string,
  password: string,
) {
  const response = await fetch(`${gateways().second.url}/${endpointId}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  const body = (await response.json()) as { access_token?: string }
  return { status: response.status, token: body.access_token ?? '' }
}

/** By the other instance. */
export async function isRefused({ endpointId }: Manager, token: string): Promise<boolean> {
  const answer = await callTool({ endpointId, token }, 'echo', {}, gateways().second)
  return answer.includes('token')
}

interface UserPage {
  readonly nodes: readonly { readonly username: string }[]
  readonly pageInfo: { readonly startCursor: string; readonly endCursor: string }
}

/** @throws what the API says */
export async function usersPage(manager: Manager, variables: object): Promise<UserPage> {
  const { data, errors } = await manager.onSecond<{ endpoint: { users: UserPage } }>(
    `query ($first: Int, $after: String, $last: Int, $before: String) {
      endpoint {
        users(first: $first, after: $after, last: $last, before: $before) {
          nodes { username }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }`,
    variables,
  )
  if (errors.length > 0) throw new Error(JSON.stringify(errors))
  return data.endpoint.users
}
