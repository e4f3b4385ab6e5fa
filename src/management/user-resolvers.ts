/** Who has an account, at an endpoint or as an operator of the whole gateway. */
import { GATEWAY_HOME } from '../domain/caller.js'
import type { EndpointId } from '../domain/tenant.js'
import { callConnection } from './call-connection.js'
import { createUser, deleteUser, revokeUser, setUserPassword, updateUser } from './change-user.js'
import type { PageArguments } from './connection.js'
import type { ManagementContext } from './context.js'
import { fromRole } from './enums.js'
import { toGlobalId } from './global-id.js'
import { namedPage } from './named-page.js'
import type { NodeKind } from './node-kind.js'
import type { Resolvers } from './schema-types.js'
import type { UserSource } from './sources.js'

export const userNode: NodeKind<UserSource> = {
  right: 'admin',
  idOf: ({ user: { home, username } }) => toGlobalId('User', home, username),
  read: (context, endpointId, [username = '']) => userOf(context, endpointId, username),
}

export const userResolvers: Resolvers = {
  Endpoint: {
    users: ({ endpointId }, args, context) => usersOf(context, endpointId, args),
    user: ({ endpointId }, { username }, context) => userOf(context, endpointId, username),
  },
  Query: {
    operators: (_source, args, context) => usersOf(context, GATEWAY_HOME, args),
  },
  User: {
    id: (source) => userNode.idOf(source),
    username: ({ user }) => user.username,
    roles: ({ user }) => user.roles.map(fromRole),
    isDisabled: ({ user }) => user.isDisabled,
    hasPassword: ({ user }) => user.passwordHash !== undefined,
    apiKeys: async ({ user: { home, username } }, _args, { loaders }) => {
      const keys = (await loaders.keys(home)).filter(({ userId }) => userId === username)
      return keys.map((key) => ({ endpointId: home, key }))
    },
    calls: ({ endpointId, user: { username } }, args, context, info) =>
      endpointId === GATEWAY_HOME
        ? null
        : callConnection(context, { endpointId, userId: username }, args, info),
    createdAt: ({ user }) => user.createdAt,
    updatedAt: ({ user }) => user.updatedAt,
    updatedBy: ({ user }) => user.updatedBy,
  },
  Mutation: {
    createUser: (_source, { input }, context) => createUser(context, input),
    updateUser: (_source, { input }, context) => updateUser(context, input),
    setUserPassword: (_source, { input }, context) => setUserPassword(context, input),
    revokeUser: (_source, { input }, context) => revokeUser(context, input),
    deleteUser: (_source, { input }, context) => deleteUser(context, input),
  },
}

async function userOf(
  { parts: { users } }: ManagementContext,
  endpointId: EndpointId,
  username: string,
): Promise<UserSource | null> {
  const user = await users.read(endpointId, username)
  return user === undefined ? null : { endpointId, user }
}

function usersOf({ parts: { users } }: ManagementContext, home: EndpointId, args: PageArguments) {
  return namedPage(
    {
      scope: ['users', home],
      read: (range) => users.list(home, range),
      nameOf: ({ username }) => username,
      toNode: (user): UserSource => ({ endpointId: home, user }),
    },
    args,
  )
}
