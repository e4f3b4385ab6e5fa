/** What passes between a client and DynamoDB or S3, and how it is told that not all was done. */
import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
} from 'node:http'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'

export interface EngineAnswer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

export interface EngineAddress {
  readonly agent: Agent
  readonly socketPath: string
}

/** @param body may be another one than the client has sent */
export async function askEngine(
  address: EngineAddress,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<EngineAnswer> {
  const sent = httpRequest({ ...address, method, path: url, headers: withLength(headers, body) })
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) }
}

/** Which of DynamoDB's operations it is; undefined for S3. */
export function operationOf({ headers }: IncomingMessage): string | undefined {
  const target = headers['x-amz-target']
  return typeof target === 'string' ? target.split('.')[1] : undefined
}

/** The two ways in which DynamoDB says that something is too much for it. */
const THROTTLED = [
  'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  'com.amazon.coral.availability#ThrottlingException',
] as const

/** @param isWhole of the whole account, rather than of one table */
export function throttled(isWhole: boolean): EngineAnswer {
  const told = {
    __type: THROTTLED[isWhole ? 1 : 0],
    message: 'Rate of requests exceeds the limit.',
  }
  const headers = { 'content-type': 'application/x-amz-json-1.0' }
  return { status: 400, headers, body: Buffer.from(JSON.stringify(told)) }
}

const Batch = z.object({ RequestItems: z.record(z.string(), z.array(z.unknown())) })

type Batch = z.infer<typeof Batch>

/** A part of a batch, and what stays behind. */
export interface PartOfBatch {
  readonly sent: Buffer
  readonly left: Batch['RequestItems']
}

/**
 * @param isLeft asked for each item of a batch
 * @returns undefined where nothing stays behind, or nothing would be left to send
 */
export function notAllOf(
  request: IncomingMessage,
  body: Buffer,
  isLeft: () => boolean,
): PartOfBatch | undefined {
  if (operationOf(request) !== 'BatchWriteItem') return undefined
  const batch = Batch.parse(JSON.parse(body.toString('utf8')))
  const sent: Batch['RequestItems'] = {}
  const left: Batch['RequestItems'] = {}
  for (const [table, [first, ...others]] of Object.entries(batch.RequestItems)) {
    const leftOfTable = others.filter(isLeft)
    sent[table] = [first, ...others.filter((item) => !leftOfTable.includes(item))]
    if (leftOfTable.length > 0) left[table] = leftOfTable
  }
  if (Object.keys(left).length === 0) return undefined
  return { sent: Buffer.from(JSON.stringify({ ...batch, RequestItems: sent })), left }
}

const BatchAnswer = z.looseObject({ UnprocessedItems: z.record(z.string(), z.unknown()) })

/** The engine itself leaves nothing behind. */
export function withLeftItems(answer: EngineAnswer, left: PartOfBatch['left']): EngineAnswer {
  if (answer.status !== 200) return answer
  const told = BatchAnswer.parse(JSON.parse(answer.body.toString('utf8')))
  const body = Buffer.from(JSON.stringify({ ...told, UnprocessedItems: left }))
  // Of the answer as it was.
  const { 'x-amz-crc32': _checksum, ...headers } = answer.headers
  return { ...answer, headers: withLength(headers, body), body }
}

function withLength(headers: IncomingHttpHeaders | OutgoingHttpHeaders, body: Buffer) {
  const { 'transfer-encoding': _encoding, expect: _expect, ...others } = headers
  return { ...others, 'content-length': body.length }
}
