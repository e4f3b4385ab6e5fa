import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  DynamoDBServiceException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { expireRows } from '../../src/aws/time-to-live.js'

/** Only AWS itself has this operation, so its answers are made here. */
function aDatabase() {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' }))
  const answers = mockClient(db)
  const status = (TimeToLiveStatus: 'ENABLED' | 'DISABLED') => ({
    TimeToLiveDescription: { TimeToLiveStatus },
  })
  return { db, answers, status }
}

const refusal = (name: string) =>
  new DynamoDBServiceException({ name, message: name, $fault: 'client', $metadata: {} })

describe('rows that end by themselves', () => {
  it('are switched on where they are not', async () => {
    const { db, answers, status } = aDatabase()
    answers.on(DescribeTimeToLiveCommand).resolves(status('DISABLED'))
    await expireRows(db, 'calls')
    expect(answers.commandCalls(UpdateTimeToLiveCommand)[0]?.args[0].input).toEqual({
      TableName: 'calls',
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    })
  })

  it('are left alone where they are on', async () => {
    const { db, answers, status } = aDatabase()
    answers.on(DescribeTimeToLiveCommand).resolves(status('ENABLED'))
    await expireRows(db, 'calls')
    expect(answers.commandCalls(UpdateTimeToLiveCommand)).toHaveLength(0)
  })

  it('may be switched on by another process at the same time', async () => {
    const { db, answers, status } = aDatabase()
    answers
      .on(DescribeTimeToLiveCommand)
      .resolvesOnce(status('DISABLED'))
      .resolves(status('ENABLED'))
    answers.on(UpdateTimeToLiveCommand).rejects(refusal('ValidationException'))
    await expect(expireRows(db, 'calls')).resolves.toBeUndefined()
  })

  it('are not needed of an engine that does not know them', async () => {
    const { db, answers } = aDatabase()
    answers.on(DescribeTimeToLiveCommand).rejects(refusal('UnknownOperationException'))
    answers.on(UpdateTimeToLiveCommand).rejects(refusal('UnknownOperationException'))
    await expect(expireRows(db, 'calls')).resolves.toBeUndefined()
  })

  it.each(['ValidationException', 'AccessDeniedException'])(
    'that cannot be switched on (%s) are an error',
    async (name) => {
      const { db, answers, status } = aDatabase()
      answers.on(DescribeTimeToLiveCommand).resolves(status('DISABLED'))
      answers.on(UpdateTimeToLiveCommand).rejects(refusal(name))
      await expect(expireRows(db, 'calls')).rejects.toThrow(name)
    },
  )
})
