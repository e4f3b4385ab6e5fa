import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Aws, createAws } from '../../src/aws/aws.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { tableNames } from '../../src/aws/tables.js'
import { DEFAULT_ARCHIVE_LIMITS } from '../../src/bundles/bundles.js'
import { createS3Bundles } from '../../src/bundles/s3-bundles.js'
import { createS3Uploads } from '../../src/bundles/s3-uploads.js'
import { removeTree } from '../../src/bundles/unpacked-folder.js'

import { createDynamoCatalog, type DynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { type Clock, systemClock } from '../../src/domain/clock.js'
import { createPublishing, type Publishing } from '../../src/publishing/publishing.js'
import type { Executor } from '../../src/runtime/runtime.js'
import { type Log, silentLog } from '../../src/telemetry/telemetry.js'
import { testSealer } from '../catalog/sealer.js'
import { startTestAws, type TestAws } from '../support/aws.js'
import { zipOf } from '../support/zip.js'

export interface PublishingBench extends Bench {
  readonly test: TestAws
  /** The same on another client of the same engines, one that may fail. */
  on(aws: Aws, log?: Log): Bench
  /** Another client of the same engines. */
  client(): Aws
  stop(): Promise<void>
}

export interface Bench {
  readonly aws: Aws
  readonly catalog: DynamoCatalog
  readonly publishing: Publishing
}

/** What is loaded on trial is trusted here: other tests load it. */
const executor: Pick<Executor, 'check'> = { check: async () => [] }

/** Publishing on the real embedded engines. */
export async function startPublishing(clock: Clock = systemClock): Promise<PublishingBench> {
  const test = await startTestAws()
  const cacheFolder = await mkdtemp(join(tmpdir(), 'publishing-'))
  const on = (aws: Aws, log: Log = silentLog): Bench => {
    const catalog = createDynamoCatalog({ aws, sealer: testSealer, checkMs: 0, log, clock })
    const publishing = createPublishing({
      bundles: createS3Bundles({ aws, cacheFolder, log }),
      catalog,
      administration: catalog.administration,
      executor,
      uploads: createS3Uploads({ aws, isReachable: false, clock }),
      state: createDynamoStateStore({ aws, clock }),
      limits: DEFAULT_ARCHIVE_LIMITS,
      log,
      clock,
    })
    return { aws, catalog, publishing }
  }
  const { bucket } = test.aws
  return {
    ...on(test.aws),
    test,
    on,
    client: () => createAws({ bucket, tables: tableNames('test-'), client: test.client }),
    stop: async () => {
      await test.stop()
      await removeTree(cacheFolder)
    },
  }
}

/** A bundle of one tool with one setting, filled from HOST; the comment makes it another version. */
export function weatherZip(comment = ''): Buffer {
  const code = { module_name: 'weather', class_name: 'Weather' }
  return zipOf({
    'mcp_configuration.json': {
      tools: [{ name: 'lookup', description: 'Looks up', inputSchema: { type: 'object' } }],
      module_links: [{ type: 'tool', name: 'lookup', ...code, function_name: 'lookup' }],
      modules: [{ package_name: 'weather_tools', ...code, setting: { url: 'https://${HOST}' } }],
    },
    'weather/index.js': `export class Weather { lookup() { return "mild" } } // ${comment}`,
  })
}
