import { once } from 'node:events'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { expect, it, onTestFinished } from 'vitest'
import { createFolder, createServedFolder } from './local-folder.js'
import { openTerminal } from './program.js'

it('runs the engines until it is told to end, and says on which port', async () => {
  const terminal = openTerminal({})
  const said = once(terminal.stdout, 'data')
  const ended = terminal.run('local-aws', '--data-folder', await createFolder(), '--port', '0')
  const [, endpoint = ''] = /^DynamoDB and S3 at (http:\S+)\n$/.exec(String(await said)) ?? []
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const db = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })
  onTestFinished(() => db.destroy())
  expect((await db.send(new ListTablesCommand())).TableNames).toEqual([])
  terminal.interrupt()
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
})

it('ends by itself when it was told to and nobody uses it', async () => {
  const DATA_DIR = await createFolder()
  const outcome = await openTerminal({ DATA_DIR }).run('local-aws', '--idle-ms', '50')
  expect(outcome).toEqual({ exitCode: 0, stdout: '', stderr: '' })
})

it('of a folder that is served already has nothing to do, and says so', async () => {
  const DATA_DIR = await createServedFolder()
  expect(await openTerminal({ DATA_DIR }).run('local-aws')).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `The engines of ${DATA_DIR} run already, in another process\n`,
  })
})
