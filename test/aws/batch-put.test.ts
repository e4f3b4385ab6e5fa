import {
  type BatchWriteItemCommand,
  BatchWriteItemCommand as Whole,
} from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { batchPut, type WireRow } from '../../src/aws/batch-put.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws()
})
afterAll(() => test.stop())

/** Texts that JSON may be written in several ways of. */
const TEXTS = ['plain', 'ünïcode 世界 🎉', 'a "quote" \\ and\nlines\u2028', '</script>', '\u0000']

const rowOf = (id: string): WireRow => ({
  endpoint_id: { S: 'acme' },
  state_key: { S: id },
  text: { S: id },
  number: { N: '-12.5e3' },
  flag: { BOOL: false },
  map: { M: { inner: { S: id }, deeper: { M: { number: { N: '1' } } } } },
})

interface Sent {
  readonly headers: Record<string, string>
  readonly body: unknown
  readonly bytes: number
}

/** What leaves for the engine, of one command. */
async function sent(command: BatchWriteItemCommand): Promise<Sent> {
  const requests: Sent[] = []
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers, body } = args.request as {
        headers: Record<string, string>
        body: Uint8Array
      }
      const bytes = Buffer.from(body)
      requests.push({ headers, body: JSON.parse(bytes.toString()), bytes: bytes.length })
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'seen' },
  )
  await test.aws.dynamo.send(command)
  const [request] = requests
  if (request === undefined) throw new Error('nothing was sent')
  return request
}

it('says what the SDK would say, in the same request', async () => {
  const { state } = test.aws.tables
  const rows = TEXTS.map(rowOf)
  const requests = rows.map((Item) => ({ PutRequest: { Item } }))
  const theirs = await sent(new Whole({ RequestItems: { [state]: requests } }))
  const ours = await sent(batchPut(state, rows))
  expect(ours.body).toEqual(theirs.body)
  expect(ours.headers['content-length']).toBe(String(ours.bytes))
  const names = (headers: object) => Object.keys(headers).sort()
  expect(names(ours.headers)).toEqual(names(theirs.headers))
  for (const name of ['content-type', 'x-amz-target', 'host'])
    expect(ours.headers[name]).toBe(theirs.headers[name])
})

it('writes every row, whatever is in its texts', async () => {
  const { db, dynamo, tables } = test.aws

  await dynamo.send(batchPut(tables.state, TEXTS.map(rowOf)))
  for (const text of TEXTS) {
    const Key = { endpoint_id: 'acme', state_key: text }
    const { Item } = await db.send(new GetCommand({ TableName: tables.state, Key }))
    expect(Item).toEqual({
      ...Key,
      text,
      number: -12500,
      flag: false,
      map: { inner: text, deeper: { number: 1 } },
    })
  }
})

it('passes on what else is asked for', async () => {
  const command = batchPut(test.aws.tables.state, [rowOf('counted')])
  command.input.ReturnConsumedCapacity = 'TOTAL'
  const { ConsumedCapacity } = await test.aws.dynamo.send(command)
  expect(ConsumedCapacity).toHaveLength(1)
})
