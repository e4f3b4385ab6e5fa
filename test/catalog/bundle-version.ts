import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { type Aws, createAws } from '../../src/aws/aws.js'
import type { Row } from '../../src/aws/rows.js'
import { readPartition } from '../../src/aws/rows.js'
import { tableNames, type TableNames } from '../../src/aws/tables.js'
import type { BundleVersion } from '../../src/catalog/catalog.js'
import type { FunctionDefinition, Setting } from '../../src/domain/capability.js'
import type { TestAws } from '../support/aws.js'

const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex')

export const aTool = (
  name: string,
  change: Partial<FunctionDefinition> = {},
): FunctionDefinition => ({
  mcpType: 'tool',
  name,
  data: { name, description: `does ${name}`, inputSchema: { type: 'object' } },
  moduleName: 'weather',
  className: 'Weather',
  functionName: name,
  isAsync: false,
  ...change,
})

export interface VersionOptions {
  readonly endpointId?: string
  readonly packageName?: string
  readonly moduleName?: string
  readonly functions: readonly FunctionDefinition[]
  readonly setting?: Setting
}

/** A version whose hash is that of what it declares. */
export function aVersion({
  endpointId = 'acme',
  packageName = 'weather',
  moduleName = 'weather',
  functions,
  setting = { unit: 'C' },
}: VersionOptions): BundleVersion {
  const settingId = `${packageName}/${moduleName}/Weather`
  const definitions = {
    packageName,
    functions: functions.map((definition) => ({ ...definition, moduleName })),
    modules: [{ moduleName, className: 'Weather', settingId, source: 'git' }],
  }
  return {
    ref: { endpointId, packageName, sha256: sha256Of(JSON.stringify(definitions)) },
    definitions,
    settings: new Map([[settingId, setting]]),
    actor: 'ann',
  }
}

/** All rows of an endpoint in one table. */
export function rowsOf(aws: Aws, table: keyof TableNames, endpointId = 'acme'): Promise<Row[]> {
  return readPartition(aws.db, { tableName: aws.tables[table], endpointId })
}

/** What a request to the database says, as the SDK's input. */
export type Request = Readonly<Record<string, unknown>>

/** Another client of the same engine that shows each request before it is sent. */
export function watchedAws(test: TestAws, onRequest: (request: Request) => unknown): Aws {
  const { bucket } = test.aws
  const aws = createAws({ bucket, tables: tableNames('test-'), client: test.client })
  aws.db.middlewareStack.add(
    (next) => async (args) => {
      await onRequest({ ...args.input })
      return await next(args)
    },
    { step: 'initialize', name: 'watch' },
  )
  return aws
}

/** True for the write that switches a package over. */
export function isSwitch(request: Request): boolean {
  const { Key: key, UpdateExpression: update } = request
  return update !== undefined && JSON.stringify(key).includes('"@')
}

/** One attribute of all rows of an endpoint, sorted. */
export async function listed(aws: Aws, endpointId: string, ...at: [keyof TableNames, string]) {
  const [table, attribute] = at
  return (await rowsOf(aws, table, endpointId)).map((row) => String(row[attribute])).toSorted()
}

export async function activePackage(aws: Aws, endpointId: string): Promise<Row | undefined> {
  const rows = await rowsOf(aws, 'modules', endpointId)
  return rows.find((row) => row['module_name'] === '@weather')
}

const Used = z.object({ settings: z.array(z.object({ row_id: z.string() })) })

/** This version is the active one, and the rows for listing are exactly its own. */
export async function expectActive(aws: Aws, { ref, definitions }: BundleVersion): Promise<void> {
  const active = await activePackage(aws, ref.endpointId)
  expect(active).toMatchObject({ active_sha256: ref.sha256 })
  const shown = await listed(aws, ref.endpointId, 'functions', 'data')
  expect(shown).toEqual(definitions.functions.map(({ data }) => JSON.stringify(data)).toSorted())
  const used = Used.parse(active).settings.map((setting) => setting.row_id)
  expect(await listed(aws, ref.endpointId, 'settings', 'setting_id')).toEqual(used.toSorted())
}
