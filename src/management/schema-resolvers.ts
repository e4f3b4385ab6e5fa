/** What all nouns share: scalars, global ids, and who asks. */
import { GraphQLScalarType } from 'graphql'
import { GraphQLDateTimeISO, GraphQLJSON } from 'graphql-scalars'
import { RIGHTS } from '../access/access.js'
import { GATEWAY_HOME } from '../domain/caller.js'
import { bigIntScalar } from './big-int.js'
import { fromRole } from './enums.js'
import { nodeOf } from './nodes.js'
import type { Resolvers, Right } from './schema-types.js'

export const schemaResolvers: Resolvers = {
  JSON: GraphQLJSON,
  // The library's own name would take the place of the schema's.
  DateTime: new GraphQLScalarType({ ...GraphQLDateTimeISO.toConfig(), name: 'DateTime' }),
  BigInt: bigIntScalar,
  Query: {
    viewer: (_source, _args, { caller, parts: { access } }) => ({
      userId: caller.userId,
      roles: caller.roles.map(fromRole),
      endpointId: caller.endpointId === GATEWAY_HOME ? null : caller.endpointId,
      rights: [
        ...RIGHTS.filter((right) => access.has(caller, right)).map(toRight),
        ...(caller.roles.includes('operator') ? (['OPERATE'] as const) : []),
      ],
    }),
    node: (_source, { id }, context) => nodeOf(context, id),
  },
}

const NAMES = { read: 'READ', call: 'CALL', publish: 'PUBLISH', admin: 'ADMIN' } as const

function toRight(right: keyof typeof NAMES): Right {
  return NAMES[right]
}
