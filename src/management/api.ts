/** GraphQL over HTTP, and over server-sent events: the schema, its limits, and what errors become. */
import { createYoga } from 'graphql-yoga'
import { createContext } from './create-context.js'
import { createErrorMask } from './errors.js'
import { createHistoryTurns } from './history-reads.js'
import { createLimits } from './limits.js'
import { MANAGEMENT_PATH } from './management-path.js'
import type { Asker, ManagementParts } from './management.js'
import type { ManagementContext } from './context.js'
import { buildManagementSchema } from './schema.js'

/** What the server hands to each request. */
export interface AskedBy {
  readonly asker: Asker
}

export function createApi(parts: ManagementParts) {
  const schema = buildManagementSchema()
  const lasting = { parts, historyTurns: createHistoryTurns() }
  const yoga = createYoga<AskedBy, ManagementContext>({
    schema,
    graphqlEndpoint: MANAGEMENT_PATH,
    context: ({ asker, request }) => createContext(lasting, asker, request.signal),
    plugins: createLimits(schema),
    maskedErrors: { maskError: createErrorMask(parts.log) },
    // The gateway's own edges do these.
    cors: false,
    logging: false,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
  })
  return async (request: Request, asker: Asker): Promise<Response> => yoga.fetch(request, { asker })
}
