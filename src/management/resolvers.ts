/** Every file of resolvers, one for each file of `graphql/`. */
import { apiKeyResolvers } from './api-key-resolvers.js'
import { bundleVersionResolvers } from './bundle-version-resolvers.js'
import { cacheStatsResolvers } from './cache-stats-resolvers.js'
import { endpointResolvers } from './endpoint-resolvers.js'
import { eventResolvers } from './event-resolvers.js'
import { functionCallResolvers } from './function-call-resolvers.js'
import { functionResolvers } from './function-resolvers.js'
import { moduleResolvers } from './module-resolvers.js'
import { schemaResolvers } from './schema-resolvers.js'
import type { Resolvers } from './schema-types.js'
import { settingResolvers } from './setting-resolvers.js'
import { userResolvers } from './user-resolvers.js'

export const resolvers: Resolvers[] = [
  schemaResolvers,
  endpointResolvers,
  moduleResolvers,
  functionResolvers,
  functionCallResolvers,
  settingResolvers,
  bundleVersionResolvers,
  userResolvers,
  apiKeyResolvers,
  eventResolvers,
  cacheStatsResolvers,
]
