import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { createAws } from '../../src/aws/aws.js'
import { getObject } from '../../src/aws/objects.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'

const MAX_OBJECT_BYTES = 64 * 1024 * 1024

/** All rows of all tables and the text of all objects of a data folder, to look for what may not be there. */
export async function readEverythingStored(dataFolder: string): Promise<string> {
  const client = connectLocalAws({ dataFolder, spawnEngine: refuseToSpawn })
  const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
  try {
    const found: string[] = []
    for (const tableName of Object.values(aws.tables)) {
      const { Items = [], LastEvaluatedKey: more } = await aws.db.send(
        new ScanCommand({ TableName: tableName }),
      )
      if (more !== undefined) throw new Error(`${tableName} has more than one page`)
      found.push(JSON.stringify(Items))
    }
    const s3 = await aws.s3()
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: aws.bucket }))
    for (const { Key: key = '' } of Contents)
      found.push(String(await getObject(aws, key, MAX_OBJECT_BYTES)))
    return found.join('\n')
  } finally {
    aws.close()
  }
}

function refuseToSpawn(): never {
  throw new Error('the engine of this data folder does not run')
}
