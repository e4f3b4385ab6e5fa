import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { toIso } from '../../src/domain/clock.js'
import { aCall } from '../calls/a-call.js'
import {
  callTool,
  gateways,
  type Manager,
  managerOf,
  publishNotes,
  useManagement,
} from '../support/management.js'

// What is offered is known after the first look.
useManagement({ CATALOG_CHECK_MS: '60000' })

const CALLS = 25

interface Sent {
  readonly command: string
  readonly tables: readonly string[]
  readonly columns: readonly string[]
  /** The item of the state store. */
  readonly asks: string | undefined
}

interface Input {
  readonly TableName?: string
  readonly Key?: { readonly state_key?: string }
  readonly RequestItems?: Readonly<Record<string, unknown>>
  readonly ProjectionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
}

/** What the database is asked while a query is answered, past whether its caller’s token still stands. */
async function sentDuring(
  manager: Manager,
  query: string,
): Promise<{ sent: Sent[]; data: unknown }> {
  const spy = vi.spyOn(DynamoDBDocumentClient.prototype, 'send')
  try {
    const { data, errors } = await manager.onFirst(query)
    if (errors.length > 0) throw new Error(JSON.stringify(errors))
    const sent = spy.mock.calls.map(([command]) => toSent(command))
    return { sent: sent.filter(({ asks }) => asks !== 'endpoint#revocations'), data }
  } finally {
    spy.mockRestore()
  }
}

function toSent(command: { readonly input: unknown }): Sent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of whichever command
  const input = command.input as Input
  const { TableName, RequestItems = {}, ProjectionExpression = '' } = input
  return {
    command: command.constructor.name.replace('Command', ''),
    tables: TableName === undefined ? Object.keys(RequestItems) : [TableName],
    asks: input.Key?.state_key,
    columns: ProjectionExpression.split(', ').map(
      (name) => input.ExpressionAttributeNames?.[name] ?? name,
    ),
  }
}

describe('a page of many calls', () => {
  let ada: Manager
  beforeAll(async () => {
    ada = await managerOf()
    await publishNotes(ada.endpointId)
    await callTool(ada, 'greet')
    const { calls } = gateways().first.parts
    const { endpointId } = ada
    const recorded = Array.from({ length: CALLS }, (_, at) => {
      const open = calls.open(endpointId)
      const { callId, createdAt } = open
      const call = { endpointId, callId, createdAt, name: 'echo' }
      return open.end(aCall({ ...call, arguments: { at } }))
    })
    await Promise.all(recorded)
    // Who asks, and what is offered, is known from here on.
    await ada.onFirst('{ endpoint { functionCounts { tools } calls { nodes { id } } } }')
  })

  it('is one question to the database, with the function and module of each', async () => {
    const { sent, data } = await sentDuring(
      ada,
      `{ endpoint { calls(first: ${CALLS}) {
        nodes { callId name status createdAt function { name type } module { moduleName className } }
      } } }`,
    )
    expect(data).toMatchObject({
      endpoint: {
        calls: {
          nodes: Array.from({ length: CALLS }, () => ({
            name: 'echo',
            function: { name: 'echo', type: 'TOOL' },
            module: { moduleName: 'notes', className: 'Notes' },
          })),
        },
      },
    })
    expect(sent.map(({ command }) => command)).toEqual(['Query'])
  })

  it('reads no more of each than is asked for', async () => {
    const question = (fields: string) =>
      sentDuring(
        ada,
        `{ endpoint { calls { ...page } } } fragment page on FunctionCallConnection {
        edges { node { ...call } } }
        fragment call on FunctionCall { ${fields} }`,
      )
    const always = ['mcp_function_call_uuid', 'expires_at']
    const [ids] = (await question('id callId')).sent
    expect(ids?.columns.toSorted()).toEqual(always.toSorted())
    const [some] = (await question('status ... on Node { id } alias: userId')).sent
    expect(some?.columns.toSorted()).toEqual([...always, 'status', 'user_id'].toSorted())
  })

  it('is one question more with the payload of each', async () => {
    const { sent, data } = await sentDuring(
      ada,
      `{ endpoint { calls(first: ${CALLS}) {
        edges { cursor node { name arguments content function { name } module { className } } }
      } } }`,
    )
    expect(sent.map(({ command }) => command)).toEqual(['Query', 'BatchGet'])
    const { endpoint } = data as {
      endpoint: { calls: { edges: { node: { arguments: { at: number } } }[] } }
    }
    const read = endpoint.calls.edges.map(({ node }) => node.arguments.at)
    expect(read.toSorted((a, b) => a - b)).toEqual(Array.from({ length: CALLS }, (_, at) => at))
  })
})

describe('a page of large calls', () => {
  it('holds 16 MiB of what was said, and each of the others is there by itself', async () => {
    const ada = await managerOf()
    const { endpointId } = ada
    const { calls } = gateways().first.parts
    const content = 'x'.repeat(5 * 1024 * 1024)
    for (const large of [content, content, content, content, 'small']) {
      const open = calls.open(endpointId)
      const { callId, createdAt } = open
      await open.end(aCall({ endpointId, callId, createdAt, content: large }))
    }
    const { data, errors } = await ada.onFirst<{
      endpoint: { calls: { nodes: { callId: string; content: unknown }[] } }
    }>('{ endpoint { calls { nodes { callId content } } } }')
    const { nodes } = data.endpoint.calls
    const isThere = nodes.map((node) => node.content !== null)
    expect(isThere.filter(Boolean)).toHaveLength(4)
    const left = isThere.indexOf(false)
    const message: unknown = expect.stringMatching(/^content: .*call\(callId\)/)
    expect(errors).toMatchObject([
      {
        message,
        path: ['endpoint', 'calls', 'nodes', left, 'content'],
        extensions: { code: 'RESULT_TOO_LARGE' },
      },
    ])
    const one = await ada.onFirst<{ endpoint: { call: { content: string } } }>(
      'query ($callId: ID!) { endpoint { call(callId: $callId) { content } } }',
      { callId: nodes[left]?.callId },
    )
    expect(one.data.endpoint.call.content).toHaveLength(content.length)
  })
})

describe('a page of many users', () => {
  it('is two questions with the keys of each', async () => {
    const ada = await managerOf()
    const { users } = gateways().first.parts
    const at = toIso(Date.now())
    const row = { roles: [], isDisabled: false, epoch: 0, createdAt: at, updatedAt: at }
    for (let nr = 0; nr < CALLS; nr++)
      await users.create({ ...row, home: ada.endpointId, username: `u${nr}`, updatedBy: 'test' })
    await ada.onFirst('{ viewer { userId } }')
    const { sent, data } = await sentDuring(
      ada,
      `{ endpoint { users(first: ${CALLS}) { nodes { username apiKeys { name } } } } }`,
    )
    expect(data).toMatchObject({
      endpoint: { users: { nodes: Array.from({ length: CALLS }, () => ({ apiKeys: [] })) } },
    })
    expect(sent.map(({ command }) => command)).toEqual(['Query', 'Query'])
  })
})
