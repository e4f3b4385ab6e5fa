/** The management API in this process, where each request that the SDK sends to DynamoDB is counted. */
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { fileURLToPath } from 'node:url'
import { builtFile } from '../support/built.js'
import { ADMIN_TOKEN, startTestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import type { Bench } from './bench.js'

/** @returns how many requests each query costs, once what it needs of the catalog is remembered */
export async function countRequests<Name extends string>(
  bench: Bench,
  queries: Readonly<Record<Name, string>>,
  calls: number,
): Promise<ReadonlyMap<Name, number>> {
  // What is offered is not looked at again meanwhile.
  const gateway = await startTestGateway({ env: { CATALOG_CHECK_MS: '60000' } })
  bench.onEnd(() => gateway.stop())
  await gateway.publish(fileURLToPath(builtFile('cli/demo-bundle')))
  for (let n = 0; n < calls; n++) await callAdd(gateway.url, n)
  const counted = new Map<Name, number>()
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own names
  for (const name of Object.keys(queries) as Name[]) {
    await ask(gateway.url, queries[name])
    counted.set(name, await countSent(() => ask(gateway.url, queries[name])))
  }
  return counted
}

async function callAdd(url: string, n: number): Promise<void> {
  const params = { name: 'add', arguments: { a: n, b: 1 } }
  const response = await fetch(`${url}/default/mcp`, modernPost('tools/call', params, ADMIN_TOKEN))
  if (!response.ok) throw new Error(`a call was answered with ${response.status}`)
}

async function ask(url: string, query: string): Promise<void> {
  const response = await fetch(`${url}/default/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const text = await response.text()
  if (!response.ok || text.includes('"errors"')) throw new Error(text.slice(0, 300))
}

async function countSent(work: () => Promise<void>): Promise<number> {
  const own = DynamoDBDocumentClient.prototype
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const { send } = own
  let sent = 0
  own.send = function count(this: DynamoDBDocumentClient, ...args: unknown[]) {
    sent += 1
    return Reflect.apply(send, this, args)
  }
  try {
    await work()
  } finally {
    own.send = send
  }
  return sent
}
