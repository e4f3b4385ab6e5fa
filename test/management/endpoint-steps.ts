/** What tests of endpoints do and see, on two gateways. */
import { expect, vi } from 'vitest'
import { type Manager, mutate, operator, shown } from '../support/management.js'

export const FIELDS = 'id endpointId description createdAt updatedAt'

interface Endpoint {
  readonly id: string
  readonly endpointId: string
  readonly description: string | null
  readonly createdAt: string | null
  readonly updatedAt: string | null
}

interface Done {
  readonly endpoint: Endpoint | null
}

const ENDPOINT = `endpoint { ${FIELDS} recording { callShards redact } }`

export const create = (input: object) =>
  mutate<Done>(operator().onFirst, 'createEndpoint', input, `endpoint { ${FIELDS} }`)

export const update = (manager: Manager, input: object) =>
  mutate<Done>(manager.onFirst, 'updateEndpoint', input, ENDPOINT)

export const end = (input: object) =>
  mutate<{ deletedEndpointId: string | null }>(
    operator().onFirst,
    'deleteEndpoint',
    input,
    'deletedEndpointId',
  )

/** As the other gateway sees it. */
export async function seen(endpointId: string) {
  const query = `query ($endpointId: ID!) { endpoint(endpointId: $endpointId) { ${FIELDS}
    recording { callShards redact } } }`
  const { onSecond } = operator()
  const data = await shown<{ endpoint: Endpoint }>(onSecond, query, { endpointId })
  return data.endpoint
}

/** What the audit of an endpoint says of its changes, once it is written. */
export async function audited(endpointId: string, action: string, count = 1) {
  const query = `query ($endpointId: ID!) { endpoint(endpointId: $endpointId) {
    auditEntries(first: 50) { nodes { actor action target address count before after } } } }`
  return vi.waitFor(async () => {
    const data = await shown<{
      endpoint: { auditEntries: { nodes: readonly { readonly action: string }[] } }
    }>(operator().onSecond, query, { endpointId })
    const entries = data.endpoint.auditEntries.nodes.filter((entry) => entry.action === action)
    expect(entries).toHaveLength(count)
    return entries
  })
}
