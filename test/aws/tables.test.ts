import {
  CreateTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { startTestAws, type TestAws } from '../support/aws.js'

let test: TestAws
beforeAll(async () => {
  test = await startTestAws({ tables: false })
})
afterAll(() => test.stop())

const withPrefix = (prefix: string) => ({ db: test.aws.db, tables: tableNames(prefix) })

async function tablesOf(prefix: string): Promise<string[]> {
  const { TableNames = [] } = await test.aws.db.send(new ListTablesCommand({}))
  return TableNames.filter((name) => name.startsWith(prefix))
}

describe('the tables', () => {
  it('are named with a prefix, mcp- by default', () => {
    expect(tableNames().calls).toBe('mcp-function_calls')
    expect(tableNames('x-').modules).toBe('x-modules')
  })

  it('are made by two processes at once, and again without harm', async () => {
    const aws = withPrefix('twice-')
    await Promise.all([createTables(aws), createTables(aws)])
    await createTables(aws)
    expect(await tablesOf('twice-')).toEqual([
      'twice-audit',
      'twice-function_calls',
      'twice-functions',
      'twice-modules',
      'twice-settings',
      'twice-state',
      'twice-users',
    ])
  })

  it('are partitioned by tenant; calls are found by function, by user and by failure', async () => {
    await createTables(withPrefix('keys-'))
    const { Table } = await test.aws.db.send(
      new DescribeTableCommand({ TableName: 'keys-function_calls' }),
    )
    expect(Table?.TableStatus).toBe('ACTIVE')
    expect(Table?.KeySchema).toEqual([
      { AttributeName: 'endpoint_id', KeyType: 'HASH' },
      { AttributeName: 'mcp_function_call_uuid', KeyType: 'RANGE' },
    ])
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName).sort()).toEqual([
      'by_function',
      'by_user',
      'failures',
    ])
  })

  it('of the same name but other keys are refused, naming the table', async () => {
    await test.aws.db.send(
      new CreateTableCommand({
        TableName: 'other-settings',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    )
    await expect(createTables(withPrefix('other-'))).rejects.toThrow(
      'table other-settings exists with other keys: id, not endpoint_id+setting_id',
    )
  })
})
