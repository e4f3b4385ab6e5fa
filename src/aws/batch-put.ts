/** Many new rows in one request. */
import { type AttributeValue, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'

/** A whole row, keys included, as the wire has it. */
export type WireRow = Record<string, AttributeValue>

/**
 * A `BatchWriteItem` whose body is written here. The SDK walks every attribute of every row through
 * its schema, which costs several times what the rest of the request does; rows in the wire's form
 * are their own JSON. Endpoint, signature, retries and errors stay the SDK's.
 *
 * @param rows of one table, at most 25
 */
export function batchPut(tableName: string, rows: readonly WireRow[]): BatchWriteItemCommand {
  const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: [] } })
  command.middlewareStack.add(
    (next) => (args) => {
      const { request, input } = args
      if (!hasBody(request)) throw new Error('a request of the SDK has no body')
      const requests = rows.map((Item) => ({ PutRequest: { Item } }))
      const body = { ...input, RequestItems: { [tableName]: requests } }
      request.body = Buffer.from(JSON.stringify(body))
      return next(args)
    },
    // Before the SDK counts the bytes of the body.
    { step: 'build', priority: 'high', name: 'writtenBody' },
  )
  return command
}

function hasBody(request: unknown): request is { body: unknown } {
  return typeof request === 'object' && request !== null && 'body' in request
}
