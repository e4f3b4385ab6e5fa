/** Which clients, which tables, which bucket: what every AWS adapter is given. */
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import type { TableNames } from './tables.js'

export interface Aws {
  readonly db: DynamoDBDocumentClient
  /** The same client for attributes as the wire has them: what is written often. */
  readonly dynamo: DynamoDBClient
  /** S3 costs 100 ms to import, so it is imported when first needed. */
  readonly s3: () => Promise<S3Client>
  readonly tables: TableNames
  readonly bucket: string
  /** Closes the clients' sockets. */
  close(): void
}

export interface AwsOptions {
  readonly bucket: string
  readonly tables: TableNames
  /** Passed to each client. In AWS the credentials come from the SDK's own chain. */
  readonly client?: ClientOptions | undefined
  /** Other addresses than AWS's own. */
  readonly endpoints?: Endpoints | undefined
}

export interface Endpoints {
  readonly dynamodb?: string | undefined
  readonly s3?: string | undefined
}

/** What the DynamoDB and the S3 client have in common. */
export type ClientOptions = Pick<
  DynamoDBClientConfig & S3ClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'maxAttempts'
>

export function createAws({ bucket, tables, client = {}, endpoints = {} }: AwsOptions): Aws {
  const dynamo = new DynamoDBClient({ ...client, ...at(endpoints.dynamodb) })
  const db = DynamoDBDocumentClient.from(dynamo, {
    marshallOptions: { removeUndefinedValues: true },
  })
  let s3: Promise<S3Client> | undefined
  const openS3 = async () => {
    const { S3Client } = await import('@aws-sdk/client-s3')
    const config = { ...client, ...at(endpoints.s3) }
    return new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined })
  }
  return {
    db,
    dynamo,
    s3: () => (s3 ??= openS3()),
    tables,
    bucket,
    close: () => {
      dynamo.destroy()
      void s3?.then((opened) => opened.destroy())
    },
  }
}

function at(endpoint: string | undefined): { endpoint?: string } {
  return endpoint === undefined ? {} : { endpoint }
}
