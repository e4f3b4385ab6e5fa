import { BatchWriteItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { createHash, createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ClientOptions, createAws } from '../../src/aws/aws.js'
import { createBatchWrites } from '../../src/aws/batch-writes.js'
import { tableNames } from '../../src/aws/tables.js'
import {
  type Asked,
  type ScriptedDynamo,
  startScriptedDynamo,
  type Told,
} from './scripted-dynamo.js'

const TAKEN: Told = { body: '{"UnprocessedItems":{}}' }
const NEVER = new AbortController().signal
const HOUR_MS = 3_600_000

let answer: (asked: Asked) => Told | undefined
let dynamo: ScriptedDynamo
let close = (): void => undefined
beforeEach(async () => {
  answer = () => TAKEN
  dynamo = await startScriptedDynamo((asked) => answer(asked))
})
afterEach(async () => {
  close()
  await dynamo.stop()
})

function open(change: Partial<ClientOptions> = {}) {
  const client = { ...dynamo.client, maxAttempts: 1, ...change }
  const aws = createAws({ bucket: 'none', tables: tableNames('test-'), client })
  close = () => aws.close()
  return aws
}

const itemOf = (id: number) => ({ id: { S: `${id}` }, said: { S: 'ü "quoted" \n' } })
const put = (ids: readonly number[], { batches } = open(), signal = NEVER) =>
  batches.put(
    'things',
    ids.map((id) => JSON.stringify(itemOf(id))),
    signal,
  )

describe('a batch', () => {
  it('asks for what the SDK would ask for, where and as whom it would', async () => {
    await put([1, 2])
    const sdk = new DynamoDBClient(dynamo.client)
    const requests = [1, 2].map((id) => ({ PutRequest: { Item: itemOf(id) } }))
    await sdk.send(new BatchWriteItemCommand({ RequestItems: { things: requests } }))
    sdk.destroy()
    const [ours, theirs] = dynamo.asked.map(({ method, path, headers, body }) => ({
      method,
      path,
      body: JSON.parse(body),
      target: headers['x-amz-target'],
      type: headers['content-type'],
      length: headers['content-length'] === String(Buffer.byteLength(body)),
      host: headers['host'],
      scope: headers['authorization']?.split(',')[0],
    }))
    expect(ours).toEqual(theirs)
  })

  it('is signed: DynamoDB comes to the same signature, with credentials of a session too', async () => {
    const secretAccessKey = 'another secret'
    const session = { accessKeyId: 'AKIDSESSION', secretAccessKey, sessionToken: 'the token' }
    await put([1])
    await put([1], open({ credentials: session }))
    const [plain, ofSession] = dynamo.asked
    expect(signatureOf(plain)).toBe(sign(plain, 'a secret'))
    expect(signatureOf(ofSession)).toBe(sign(ofSession, secretAccessKey))
    expect(ofSession?.headers['x-amz-security-token']).toBe('the token')
  })

  it('is signed anew with what its credentials are then', async () => {
    let made = 0
    const credentials = async () => ({
      accessKeyId: `AKID${++made}`,
      secretAccessKey: 'x',
      expiration: new Date(Date.now() + 1000),
    })
    const aws = open({ credentials })
    await put([1], aws)
    await put([2], aws)
    const [first, second] = dynamo.asked.map(({ headers }) => accessKeyOf(headers))
    expect(Number(second?.slice(4))).toBeGreaterThan(Number(first?.slice(4)))
  })

  it('is signed with the time that the SDK has learned of, not that of a wrong clock', async () => {
    const serverNow = new Date(Date.now() + HOUR_MS)
    answer = ({ headers }) => ({
      body: headers['x-amz-target']?.endsWith('.GetItem') ? '{}' : TAKEN.body,
      headers: { date: serverNow.toUTCString() },
    })
    const aws = open()
    await aws.db.send(new GetItemCommand({ TableName: 'things', Key: {} }))
    await put([1], aws)
    const signedAt = dynamo.asked.at(-1)?.headers['x-amz-date'] ?? ''
    expect(Math.abs(timeOf(signedAt) - serverNow.getTime())).toBeLessThan(HOUR_MS / 2)
  })

  it('says which were not taken', async () => {
    const left = { things: [{ PutRequest: { Item: itemOf(2) } }] }
    answer = () => ({ body: JSON.stringify({ UnprocessedItems: left }) })
    expect(await put([1, 2, 3])).toEqual([itemOf(2)])
  })

  it.each<[string, number, string, object]>([
    [
      'by DynamoDB',
      400,
      '{"__type":"com.amazon.coral.validate#ValidationException","message":"too large"}',
      { name: 'ValidationException', message: 'too large' },
    ],
    [
      'without a word',
      500,
      '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}',
      { name: 'InternalServerError' },
    ],
    [
      'by something in between',
      502,
      '<html>Bad Gateway</html>',
      { message: 'the database answered with HTTP status 502' },
    ],
  ])('that is refused fails with what was said (%s)', async (_whom, status, body, error) => {
    answer = () => ({ status, body })
    await expect(put([1])).rejects.toMatchObject(error)
    expect(dynamo.asked).toHaveLength(1)
  })

  it('that is not answered ends with its signal', async () => {
    const controller = new AbortController()
    answer = () => {
      controller.abort(new Error('enough'))
      return undefined
    }
    await expect(put([1], open(), controller.signal)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('can be sent when credentials were not to be had for the one before', async () => {
    let asked = 0
    const credentials = async () => {
      if (asked++ === 0) throw new Error('no credentials at the moment')
      return { accessKeyId: 'AKID', secretAccessKey: 'x' }
    }
    const aws = open({ credentials })
    await expect(put([1], aws)).rejects.toThrow('no credentials at the moment')
    expect(await put([1], aws)).toEqual([])
  })
})

it('what is prepared once serves batches of every table', async () => {
  const client = new DynamoDBClient(dynamo.client)
  const batches = createBatchWrites(client)
  const item = '{"id":{"S":"1"}}'
  await Promise.all(['one', 'two'].map((table) => batches.put(table, [item], NEVER)))
  client.destroy()
  const tables = dynamo.asked.map(({ body }) => Object.keys(JSON.parse(body).RequestItems))
  expect(tables.flat().sort()).toEqual(['one', 'two'])
})

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)\/(?<scope>[^,]+), SignedHeaders=(?<names>[^,]+), Signature=(?<signature>\w+)$/

function partsOf(headers: Asked['headers'] = {}) {
  const { groups } = AUTHORIZATION.exec(headers['authorization'] ?? '') ?? {}
  if (groups === undefined) throw new Error('the request is not signed')
  return groups
}

const accessKeyOf = (headers: Asked['headers']) => partsOf(headers)['key']
const signatureOf = (asked: Asked | undefined) => partsOf(asked?.headers)['signature']

/** As the other side does it. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function sign(asked: Asked | undefined, secret: string): string {
  if (asked === undefined) throw new Error('nothing was asked')
  const { method, path, headers, body } = asked
  const { scope = '', names = '' } = partsOf(headers)
  const signed = names.split(';').map((name) => `${name}:${headers[name]?.trim()}\n`)
  const canonical = [method, path, '', signed.join(''), names, sha256(body)].join('\n')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return hmac(key, text).toString('hex')
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** `20260131T120000Z` as milliseconds since 1970. */
function timeOf(amzDate: string): number {
  return Date.parse(amzDate.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
}
