import { describe, expect, it } from 'vitest'
import { ADMIN_TOKEN } from '../support/gateway.js'
import {
  callTool,
  gateways,
  graphql,
  managerOf,
  newEndpoint,
  operator,
  publishNotes,
  useManagement,
} from '../support/management.js'
import { change, remove, signIn, userOf } from './user-steps.js'

useManagement({ PASSWORD_COST: '10' })

const PASSWORD = 'correct horse battery'

describe('an operator of the whole gateway', () => {
  it('is added and changed by operators only', async () => {
    const username = 'operator:olga'
    const olga = { username, password: PASSWORD }
    const ada = await managerOf()
    const tries = [
      ['createUser', olga],
      ['setUserPassword', olga],
      ['updateUser', { username }],
      ['revokeUser', { username }],
    ] as const
    for (const [mutation, input] of tries)
      expect(await change(ada, mutation, input)).toEqual({
        user: null,
        password: null,
        userErrors: [{ field: [], code: 'FORBIDDEN' }],
      })
    expect((await remove(ada, { username: olga.username })).userErrors).toEqual([
      { field: [], code: 'FORBIDDEN' },
    ])
    const made = await change(operator(), 'createUser', olga)
    expect(made).toMatchObject({ user: { roles: ['OPERATOR'] }, userErrors: [] })
    // An endpoint's admin does not even see them.
    expect(await userOf(ada, olga.username)).toBeNull()
    const { data } = await operator().onSecond('{ operators { nodes { username roles } } }')
    expect(data).toEqual({
      operators: { nodes: [{ username: olga.username, roles: ['OPERATOR'] }] },
    })
    const again = await operator().onSecond('query ($id: ID!) { node(id: $id) { __typename } }', {
      id: made.user?.id,
    })
    expect(again.data).toEqual({ node: { __typename: 'User' } })
    const unseen = await ada.onSecond('query ($id: ID!) { node(id: $id) { __typename } }', {
      id: made.user?.id,
    })
    expect(unseen.data).toEqual({ node: null })
    const removed = await remove(operator(), { username: olga.username })
    expect(removed.deletedUsername).toBe(olga.username)
  })

  it('is shown with their calls at an endpoint, and with none where no endpoint is meant', async () => {
    const ada = await managerOf()
    await publishNotes(ada.endpointId)
    const username = 'operator:oona'
    await change(operator(), 'createUser', { username, password: PASSWORD })
    const { token } = await signIn(ada, username, PASSWORD)
    await callTool({ endpointId: ada.endpointId, token }, 'greet')
    const shownAt = async (path: string) => {
      const url = gateways().first.url + path
      const revoke = `mutation { revokeUser(input: { username: "${username}" }) {
        user { username calls(first: 5) { nodes { name } } }
      } }`
      const { data } = await graphql<{ revokeUser: { user: unknown } }>(url, ADMIN_TOKEN, revoke)
      return data.revokeUser.user
    }
    expect(await shownAt(`/${ada.endpointId}`)).toEqual({
      username,
      calls: { nodes: [{ name: 'greet' }] },
    })
    expect(await shownAt('')).toEqual({ username, calls: null })
  })

  it('changes users of the endpoint that the input names, and of none where it names none', async () => {
    const endpointId = newEndpoint()
    const ben = { username: 'ben', password: PASSWORD, roles: ['ADMIN'] }
    const unnamed = await change(operator(), 'createUser', ben)
    expect(unnamed.userErrors).toEqual([{ field: ['input', 'endpointId'], code: 'INVALID_INPUT' }])
    const made = await change(operator(), 'createUser', { ...ben, endpointId })
    expect(made.userErrors).toEqual([])
    expect(await userOf(await managerOf({ endpointId }), 'ben')).toEqual(made.user)
  })

  it('is a role that nobody gives at an endpoint', async () => {
    const ada = await managerOf()
    const roles = ['OPERATOR']
    const given = await change(ada, 'createUser', { username: 'ben', password: PASSWORD, roles })
    expect(given.userErrors).toEqual([{ field: [], code: 'FORBIDDEN' }])
    const byOperator = await change(operator(), 'createUser', {
      endpointId: ada.endpointId,
      username: 'ben',
      password: PASSWORD,
      roles,
    })
    expect(byOperator.userErrors).toEqual([{ field: ['input', 'roles'], code: 'INVALID_INPUT' }])
    expect(await userOf(ada, 'ben')).toBeNull()
  })
})
