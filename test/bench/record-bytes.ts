/** How large a record is, in the largest batch that a stand-in was sent. */
export interface RecordBytes {
  readonly records: number
  /** JSON text of one item, as it was sent. */
  readonly item: number
  /** The same as DynamoDB counts it, for its limits and its price: names and values. */
  readonly counted: number
  /** The body of the batch by its records. */
  readonly body: number
}

interface Batch {
  readonly RequestItems: Readonly<Record<string, readonly Write[]>>
}

interface Write {
  readonly PutRequest: { readonly Item: Item }
}

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string }>>

export async function readRecordBytes(port: number, signal: AbortSignal): Promise<RecordBytes> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { signal })
  const body = await answer.text()
  const batch = JSON.parse(body) as Batch
  const writes = Object.values(batch.RequestItems).flat()
  const items = writes.map(({ PutRequest }) => PutRequest.Item)
  return {
    records: items.length,
    item: meanOf(items.map((item) => Buffer.byteLength(JSON.stringify(item)))),
    counted: meanOf(items.map(countedBytes)),
    body: Buffer.byteLength(body) / items.length,
  }
}

/** A number takes about a byte for two digits, and one more. */
function countedBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, { S: text = '', N: digits }]) => {
    const value = digits === undefined ? Buffer.byteLength(text) : digits.length / 2 + 1
    return sum + Buffer.byteLength(name) + value
  }, 0)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
