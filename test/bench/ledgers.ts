/** The ledger of the built product over several stores, and nothing else of a gateway. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type * as AwsFile from '../../src/aws/aws.js'
import type { Aws, ClientOptions } from '../../src/aws/aws.js'
import type * as StateFile from '../../src/aws/dynamo-state-store.js'
import type * as TablesFile from '../../src/aws/tables.js'
import type { Calls } from '../../src/calls/calls.js'
import type * as CallsFile from '../../src/calls/dynamo-calls.js'
import type * as ClockFile from '../../src/domain/clock.js'
import type { StateStore } from '../../src/domain/state-store.js'
import type * as LocalAwsFile from '../../src/local-aws/local-aws.js'
import type { Durability } from '../../src/recording/recording.js'
import type * as TelemetryFile from '../../src/telemetry/telemetry.js'
import { builtFile } from '../support/built.js'

/**
 * `none`: no ledger, what the load itself costs. `taken`: rows are taken in this process, so that no
 * SDK is asked. `at_once`, `later`: stand-ins for DynamoDB. `engine`: the embedded one. `put`: no
 * ledger of ours, but what is usual: each call is one `PutItem` of the SDK, to the stand-in.
 */
export type LedgerName = 'none' | 'taken' | 'put' | 'at_once' | 'later' | 'engine' | 'engine_async'

/** The calls of `many` are spread over several partitions, those of `one` are not. */
export type EndpointName = 'one' | 'many'

export interface LedgerPlaces {
  /** Of the embedded engine. */
  readonly dataFolder: string
  readonly atOncePort: number
  readonly laterPort: number
  readonly manyShards: number
}

export interface Ledger {
  readonly calls: Pick<Calls, 'open' | 'settings'>
  /** Batches that were sent so far. */
  readonly batches: () => number
}

/** The product as it is built: a transpiler's helper calls would be measured with it. */
async function load<Module>(path: string): Promise<Module> {
  return (await import(builtFile(path).href)) as Module
}

const { createAws } = await load<typeof AwsFile>('aws/aws.js')
const { createDynamoStateStore } = await load<typeof StateFile>('aws/dynamo-state-store.js')
const { createTables, tableNames } = await load<typeof TablesFile>('aws/tables.js')
const { createDynamoCalls } = await load<typeof CallsFile>('calls/dynamo-calls.js')
const { systemClock } = await load<typeof ClockFile>('domain/clock.js')
const { connectLocalAws } = await load<typeof LocalAwsFile>('local-aws/local-aws.js')
const { silentLog } = await load<typeof TelemetryFile>('telemetry/telemetry.js')

export async function openLedgers(places: LedgerPlaces): Promise<Record<LedgerName, Ledger>> {
  const { dataFolder, atOncePort, laterPort, manyShards } = places
  const engine = openAws(connectLocalAws({ dataFolder, spawnEngine: refuseToSpawn }))
  await createTables(engine)
  const many: EndpointName = 'many'
  await openCalls(engine, 'ack').changeSettings(many, { shards: manyShards })
  return {
    none: { calls: noLedger, batches: () => 0 },
    taken: openLedger(openAws(standIn(0)), { state: empty, isTaken: true }),
    put: openPuts(openAws(standIn(atOncePort))),
    at_once: openLedger(openAws(standIn(atOncePort))),
    later: openLedger(openAws(standIn(laterPort))),
    engine: openLedger(engine),
    engine_async: openLedger(engine, { durability: 'async' }),
  }
}

interface LedgerOptions {
  readonly durability?: Durability
  readonly state?: StateStore
  /** Batches go no further than this process. */
  readonly isTaken?: boolean
}

function openLedger(
  aws: Aws,
  { durability = 'ack', state, isTaken = false }: LedgerOptions = {},
): Ledger {
  let batches = 0
  const send = (...batch: Parameters<Aws['dynamo']['send']>) => {
    batches += 1
    return isTaken ? Promise.resolve({}) : aws.dynamo.send(...batch)
  }
  const dynamo = new Proxy(aws.dynamo, {
    get: (client, name) => (name === 'send' ? send : (Reflect.get(client, name) as unknown)),
  })
  return { calls: openCalls({ ...aws, dynamo }, durability, state), batches: () => batches }
}

/** As many attributes as a row of ours has, and about as many bytes. */
const ITEM = Object.fromEntries(
  Array.from({ length: 20 }, (_, n) => [`attribute_${n}`, { S: 'a value of twenty b.' }]),
)

function openPuts({ dynamo, tables }: Aws): Ledger {
  let puts = 0
  const end = async () => {
    puts += 1
    await dynamo.send(new PutItemCommand({ TableName: tables.calls, Item: ITEM }))
  }
  const open: Ledger['calls']['open'] = (begun) => ({ ...noLedger.open(begun), end })
  return { calls: { ...noLedger, open }, batches: () => puts }
}

function openCalls(aws: Aws, durability: Durability, given?: StateStore): Calls {
  const state = given ?? createDynamoStateStore({ aws, clock: systemClock })
  return createDynamoCalls({ aws, state, retentionDays: 90, durability, log: silentLog })
}

function openAws(client: ClientOptions): Aws {
  return createAws({ bucket: 'bench', tables: tableNames(), client })
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }

/** As the product has them in AWS. */
const TIMEOUTS = { connectionTimeout: 2000, requestTimeout: 10_000, throwOnRequestTimeout: true }

function standIn(port: number): ClientOptions {
  const endpoint = `http://127.0.0.1:${port}`
  return { region: 'us-east-1', credentials, endpoint, requestHandler: TIMEOUTS }
}

const empty: StateStore = {
  create: async () => true,
  read: async () => undefined,
  replace: async () => true,
  remove: async () => undefined,
}

const noLedger: Ledger['calls'] = {
  open: () => ({
    callId: '0190d0a8-0000-7000-8000-000000000000',
    createdAt: Date.now(),
    describe: () => undefined,
    end: async () => undefined,
    leave: () => undefined,
  }),
  settings: async () => ({ shards: 1, redact: [] }),
}

function refuseToSpawn(): never {
  throw new Error('the embedded engine has stopped')
}
