/** Rows of the database that hold what belongs to another tenant than the one that they are of. */
import { paginateScan } from '@aws-sdk/lib-dynamodb'
import { createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import type { Markers } from './markers.js'

export interface StoredRows {
  /** Those that name a tenant. */
  readonly looked: number
  /** Each in words. */
  readonly mixed: readonly string[]
}

export async function readStoredRows(dataFolder: string, markers: Markers): Promise<StoredRows> {
  const spawnEngine = () => {
    throw new Error('the engine of this data folder does not run')
  }
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
  const mixed: string[] = []
  let looked = 0
  try {
    for (const TableName of Object.values(aws.tables))
      for await (const { Items = [] } of paginateScan({ client: aws.db }, { TableName }))
        for (const row of Items) {
          const tenants = new Set(
            markers.find(JSON.stringify(row)).map(({ owner }) => owner.tenant),
          )
          if (tenants.size > 0) looked += 1
          if (tenants.size > 1) mixed.push(`${TableName}: ${JSON.stringify(row)}`)
        }
  } finally {
    aws.close()
  }
  return { looked, mixed }
}
