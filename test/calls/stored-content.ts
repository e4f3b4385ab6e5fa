import { createHash } from 'node:crypto'
import type { Aws } from '../../src/aws/aws.js'
import { getObject, listObjects } from '../../src/aws/objects.js'

export interface StoredObject {
  readonly bytes: number
  readonly sha256: string
}

/** What the bucket holds of the calls of an endpoint. */
export async function objectsOf(aws: Aws, endpointId: string): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  for await (const { key } of listObjects(aws, `mcp_content/${endpointId}/`)) {
    const object = await getObject(aws, key, Infinity)
    if (object === undefined) continue
    const sha256 = createHash('sha256').update(object).digest('hex')
    found.push({ bytes: object.length, sha256 })
  }
  return found
}
