import { getIntrospectionQuery } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.js'
import type { Role } from '../../src/domain/caller.js'
import {
  createManagement,
  MANAGEMENT_PATH,
  type ManagementParts,
} from '../../src/management/management.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

/** Whatever reads something fails the test: what is refused here is refused before that. */
const unread = new Proxy(
  {},
  {
    get: (_target, name) => () => {
      throw new Error(`${String(name)} was asked`)
    },
  },
)

const access = createAccess({ catalog: unread as ManagementParts['catalog'] })
const parts = new Proxy<Record<string, unknown>>(
  { access, log: silentLog },
  {
    get: (own, name) => own[String(name)] ?? unread,
  },
)
const management = createManagement(parts as unknown as ManagementParts)

interface Asked {
  readonly variables?: object
  readonly role?: Role
}

async function ask(query: string, { variables = {}, role = 'admin' }: Asked = {}) {
  const request = new Request(`http://gateway${MANAGEMENT_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const caller = { endpointId: 'acme', userId: 'ada', roles: [role] }
  const response = await management.answer(request, { caller, address: '127.0.0.1' })
  return (await response.json()) as {
    data?: Record<string, unknown>
    errors?: { message: string; extensions: Record<string, unknown> }[]
  }
}

const deep = (levels: number): string =>
  levels === 0 ? 'id' : `package { modules(first: 1) { nodes { ${deep(levels - 1)} } } }`

describe('a query of the management API', () => {
  it('is refused when it goes too deep', async () => {
    const { data, errors } = await ask(
      `{ endpoint { modules(first: 1) { nodes { ${deep(5)} } } } }`,
    )
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.message).toMatch(/depth/i)
  })

  it('is refused when it has too many aliases', async () => {
    const { errors } = await ask(
      `{ ${Array.from({ length: 31 }, (_, n) => `a${n}: viewer { userId }`).join(' ')} }`,
    )
    expect(errors?.[0]?.message).toMatch(/alias/i)
  })

  it('is refused when it is too long, before it is read as a query', async () => {
    const { errors } = await ask(`{ viewer { ${'userId '.repeat(3001)} } }`)
    expect(errors?.[0]?.message).toMatch(/token/i)
  })

  it('is refused when its pages multiply, with what it costs and what is allowed', async () => {
    const { data, errors } = await ask(
      `{ endpoint { modules(first: 100) { nodes { functions(first: 100) { nodes { name } } } } } }`,
    )
    expect(data ?? null).toBeNull()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', maxCost: 5000 })
    expect(Number(errors?.[0]?.extensions['cost'])).toBeGreaterThan(10_000)
  })

  it('is counted by the variables of each request, not by those of the first', async () => {
    const query = `query ($n: Int!) { endpoint { modules(first: $n) { nodes { functions(first: $n) { nodes { name } } } } } }`
    const small = await ask(query, { variables: { n: 1 } })
    const large = await ask(query, { variables: { n: 100 } })
    expect(small.errors?.[0]?.extensions['code']).toBe('INTERNAL')
    expect(large.errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COSTLY')
  })

  it('reads the schema only as an admin, also through a fragment', async () => {
    const whole = await ask(getIntrospectionQuery())
    expect(whole.errors).toBeUndefined()
    expect(whole.data).toHaveProperty('__schema')
    const hidden = '{ ...all } fragment all on Query { __schema { queryType { name } } }'
    for (const query of [getIntrospectionQuery(), hidden, '{ __type(name: "User") { name } }']) {
      const refused = await ask(query, { role: 'publisher' })
      expect(refused.data ?? null).toBeNull()
      expect(refused.errors?.[0]?.message).toMatch(/introspection/i)
    }
    const typename = await ask('{ __typename viewer { userId } }', { role: 'publisher' })
    expect(typename.data).toEqual({ __typename: 'Query', viewer: { userId: 'ada' } })
  })

  it('is refused when it reads the schema many times over', async () => {
    const { errors } = await ask(
      `{ ${[1, 2, 3].map((n) => `a${n}: __schema { types { name } }`).join(' ')} }`,
    )
    expect(errors?.[0]?.extensions['code']).toBe('QUERY_TOO_COSTLY')
  })

  it('costs less where it is answered with each event', async () => {
    const subscription =
      'subscription { callRecorded { call { function { calls(first: 100) { nodes { name } } } } } }'
    const { errors } = await ask(subscription)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', maxCost: 100 })
  })

  it('says which variable is wrong, and why', async () => {
    const query = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { password } }'
    const { errors } = await ask(query, {
      variables: { input: { username: 'ann', password: 1234 } },
    })
    expect(errors?.[0]?.message).toMatch(/\$input.*input\.password/)
    expect(errors?.[0]?.extensions['code']).not.toBe('INTERNAL')
  })

  it('keeps the words of what broke to itself', async () => {
    const { errors } = await ask('{ endpoint { catalogVersion } }')
    expect(errors).toEqual([
      {
        message: 'Internal error',
        path: ['endpoint', 'catalogVersion'],
        locations: [{ line: 1, column: 14 }],
        extensions: { code: 'INTERNAL' },
      },
    ])
  })

  it('is told what is wrong with it in the words of the language', async () => {
    const unknown = await ask('{ endpoint { nonsense } }')
    expect(unknown.errors?.[0]?.extensions['code']).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(unknown.errors?.[0]?.message).toMatch(/nonsense/)
    const broken = await ask('{ endpoint {')
    expect(broken.errors?.[0]?.extensions['code']).toBe('GRAPHQL_PARSE_FAILED')
  })

  it('tells another endpoint than the one in the path apart', async () => {
    const { errors } = await ask('{ endpoint(endpointId: "other") { catalogVersion } }')
    expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN')
  })
})
