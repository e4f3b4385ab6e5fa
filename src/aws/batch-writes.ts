/**
 * Items put in batches, for what is written all the time: BatchWriteItem with items that are JSON
 * text already. Address, credentials, signature and connections are the SDK's; its way to them,
 * through schemas, logs and retries, costs more than all the rest of a record, and is gone once.
 */
import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

export interface BatchWrites {
  /**
   * Puts items into one table, over what is there. Nothing is tried again.
   *
   * @param items JSON texts of attributes as the wire has them; at most 25
   * @returns those that were not taken this time, as the wire has them
   * @throws Error named as DynamoDB names it when it refuses them all
   */
  put(table: string, items: readonly string[], signal: AbortSignal): Promise<WireItem[]>
}

const WireItem = z.record(z.string(), z.record(z.string(), z.unknown()))

export type WireItem = z.infer<typeof WireItem>

const Taken = z.object({
  UnprocessedItems: z
    .record(z.string(), z.array(z.object({ PutRequest: z.object({ Item: WireItem }) })))
    .optional(),
})

const Refused = z.object({
  /** Such as `com.amazonaws.dynamodb.v20120810#ValidationException`. */
  __type: z.string(),
  message: z.string().optional(),
})

type Config = DynamoDBClient['config']
type Signer = Awaited<ReturnType<Config['signer']>>
type Request = Parameters<Signer['sign']>[0]

/** What all batches of a client have in common. */
interface Prepared {
  readonly request: Request
  readonly signer: Signer
}

export function createBatchWrites(client: DynamoDBClient): BatchWrites {
  let prepared: Promise<Prepared> | undefined
  const prepare = async () => {
    prepared ??= prepareRequest(client)
    try {
      return await prepared
    } catch (error) {
      prepared = undefined
      throw error
    }
  }
  return {
    async put(table, items, signal) {
      const body = toBody(table, items)
      const request = await sign(client.config, await prepare(), body)
      const { response } = await client.config.requestHandler.handle(request, {
        abortSignal: signal,
      })
      const answer = await text(response.body)
      if (response.statusCode !== 200) throw toError(response.statusCode, answer)
      const { UnprocessedItems = {} } = Taken.parse(JSON.parse(answer))
      return UnprocessedItems[table]?.map(({ PutRequest }) => PutRequest.Item) ?? []
    },
  }
}

function toBody(table: string, items: readonly string[]): Buffer {
  const requests = items.map((item) => `{"PutRequest":{"Item":${item}}}`)
  return Buffer.from(`{"RequestItems":{${JSON.stringify(table)}:[${requests.join(',')}]}}`)
}

function sign({ systemClockOffset }: Config, { request, signer }: Prepared, body: Buffer) {
  const headers = { ...request.headers, 'content-length': String(body.length) }
  // The SDK learns from answers to its own requests how wrong the clock of this machine is.
  const signingDate = new Date(Date.now() + systemClockOffset)
  return signer.sign({ ...request, headers, body }, { signingDate })
}

/** Of a request for this operation, these are the same whatever is in it. */
const HEADERS: ReadonlySet<string> = new Set([
  'host',
  'content-type',
  'x-amz-target',
  'user-agent',
  'x-amz-user-agent',
])

/** Lets the SDK find address and credentials, and stops it before anything is sent. */
async function prepareRequest(client: DynamoDBClient): Promise<Prepared> {
  const command = new BatchWriteItemCommand({ RequestItems: {} })
  let prepared: Prepared | undefined
  command.middlewareStack.add(
    (_next, context) => async (args) => {
      const scheme = context.endpointV2?.properties?.authSchemes?.[0]
      const signer = await client.config.signer(scheme)
      const { request } = args
      if (!isRequest(request)) throw new Error('the SDK builds requests differently now')
      const headers = Object.entries(request.headers).filter(([name]) => HEADERS.has(name))
      prepared = { request: { ...request, headers: Object.fromEntries(headers) }, signer }
      return { response: {}, output: { $metadata: {} } }
    },
    { step: 'build', priority: 'low', name: 'prepare' },
  )
  await client.send(command)
  if (prepared === undefined) throw new Error('the SDK built no request')
  return prepared
}

function isRequest(request: unknown): request is Request {
  return typeof request === 'object' && request !== null && 'hostname' in request
}

/** What is no JSON is not from DynamoDB itself. */
function toError(statusCode: number, answer: string): Error {
  const { data } = Refused.safeParse(parse(answer))
  const error = new Error(data?.message ?? `the database answered with HTTP status ${statusCode}`)
  return Object.assign(error, data && { name: data['__type'].split('#').at(-1) })
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
