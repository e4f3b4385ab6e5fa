import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAws, type Aws, type ClientOptions } from '../../src/aws/aws.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { connectLocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'

export interface TestAws {
  readonly aws: Aws
  /** For further clients of the same engine, such as one with other table names. */
  readonly client: ClientOptions
  readonly dataFolder: string
  readonly socketPath: string
  /** Ends the engine and removes its folder. */
  stop(): Promise<void>
}

export interface TestAwsOptions {
  /** Creates the product's tables. Default: true. */
  readonly tables?: boolean
}

/** DynamoDB and S3 in this process, in a temp folder of their own, behind a Unix socket. */
export async function startTestAws({ tables = true }: TestAwsOptions = {}): Promise<TestAws> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'test-aws-'))
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  const client = connectLocalAws({ dataFolder, spawnEngine: refuseToSpawn })
  const aws = createAws({ bucket: 'test-bucket', tables: tableNames('test-'), client })
  if (tables) await createTables(aws)
  return {
    aws,
    client,
    dataFolder,
    socketPath: engine.socketPath,
    async stop() {
      aws.close()
      await engine.close()
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function refuseToSpawn(): never {
  throw new Error('the test engine has stopped: was it used after stop()?')
}
