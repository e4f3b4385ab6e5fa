import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { setMaxListeners } from 'node:events'
import { chmod, mkdir, rm, stat, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import {
  connectLocalAws,
  LocalAwsAlreadyRunning,
  startLocalAws,
  type LocalAwsOptions,
} from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { createTempFolder } from './local-folder.js'
import { sendRaw, type RawRequest } from '../support/raw-request.js'

async function start(options: Partial<LocalAwsOptions> & { dataFolder: string }) {
  const engine = await startLocalAws({ log: silentLog, ...options })
  onTestFinished(() => engine.close())
  return engine
}

const connectTo = (dataFolder: string) => {
  const spawnEngine = () => {
    throw new Error('the engine should answer')
  }
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: 'kept', tables: tableNames('t-'), client })
  onTestFinished(() => aws.close())
  return aws
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('the engine', () => {
  it('keeps rows and objects over a restart', async () => {
    const dataFolder = await createTempFolder()
    const aws = connectTo(dataFolder)
    const s3 = await aws.s3()
    const first = await start({ dataFolder })
    await createTables(aws)
    const row = { endpoint_id: 'acme', setting_id: 'colour', value: 'red' }
    await aws.db.send(new PutCommand({ TableName: aws.tables.settings, Item: row }))
    await s3.send(new PutObjectCommand({ Bucket: aws.bucket, Key: 'k', Body: 'kept' }))
    await first.close()

    await start({ dataFolder })
    const { endpoint_id, setting_id } = row
    const Key = { endpoint_id, setting_id }
    const { Item } = await aws.db.send(new GetCommand({ TableName: aws.tables.settings, Key }))
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: aws.bucket, Key: 'k' }))
    expect(Item).toEqual(row)
    expect(await Body?.transformToString()).toBe('kept')
  })

  it('ends in good order while it still answers clients that have gone', async () => {
    const dataFolder = await createTempFolder()
    const first = await start({ dataFolder })
    const aws = connectTo(dataFolder)
    await createTables(aws)
    const TableName = aws.tables.calls
    const item = (n: number) => ({ endpoint_id: 'acme', mcp_function_call_uuid: `call ${n}` })
    for (let n = 0; n < 200; n++)
      await aws.db.send(new PutCommand({ TableName, Item: { ...item(n), text: 'x'.repeat(1000) } }))
    const gone = new AbortController()
    setMaxListeners(0, gone.signal)
    const queries = Array.from({ length: 20 }, () =>
      aws.db.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'endpoint_id = :acme',
          ExpressionAttributeValues: { ':acme': 'acme' },
        }),
        { abortSignal: gone.signal },
      ),
    )
    await Promise.race(queries)
    gone.abort()
    await Promise.allSettled(queries)
    // What it throws where nobody catches it fails the tests as a whole.
    await expect(first.close()).resolves.toBeUndefined()
  })

  it('is one per folder: a second start is told where the first answers', async () => {
    const dataFolder = await createTempFolder()
    const { socketPath } = await start({ dataFolder })
    const second = startLocalAws({ dataFolder, log: silentLog })
    await expect(second).rejects.toBeInstanceOf(LocalAwsAlreadyRunning)
    await expect(second).rejects.toMatchObject({ socketPath })
  })

  it('can start again in the moment the last one closes', async () => {
    const dataFolder = await createTempFolder()
    const first = await start({ dataFolder })
    const closing = first.close()
    const second = await start({ dataFolder })
    await closing
    expect(await sendRaw({ socketPath: second.socketPath, path: '/a-bucket/x' })).toMatchObject({
      status: 404,
    })
  })

  it('ends by itself when nobody asks, but not while a request is open', async () => {
    const dataFolder = await createTempFolder()
    const { socketPath, closed } = await start({ dataFolder, idleMs: 150 })
    const slow = connect(socketPath)
    slow.write('PUT /a-bucket/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n12')
    const outcome = await Promise.race([closed, new Promise((r) => setTimeout(r, 600, 'open'))])
    expect(outcome).toBe('open')
    slow.end('34')
    await closed
    await expect(sendRaw({ socketPath })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses to start on data that it cannot open, and frees the folder', async () => {
    const dataFolder = await createTempFolder()
    await mkdir(join(dataFolder, 'dynamodb/CURRENT'), { recursive: true })
    await expect(startLocalAws({ dataFolder, log: silentLog })).rejects.toThrow(
      /cannot open the DynamoDB data in .*dynamodb/,
    )
    await rm(join(dataFolder, 'dynamodb/CURRENT'), { recursive: true })
    await start({ dataFolder })
  })
})

describe('malformed DynamoDB requests', () => {
  const dynamo = (socketPath: string, body: string, method = 'PutItem') =>
    sendRaw({
      socketPath,
      method: 'POST',
      body,
      headers: {
        'x-amz-target': `DynamoDB_20120810.${method}`,
        'x-amz-date': 'now',
        'content-type': 'application/x-amz-json-1.0',
        authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b, Signature=c',
      },
    })

  it.each([
    ['{"M":{"x":null}}', 500],
    ['{"L":[null]}', 400],
    ['{"SS":[null]}', 400],
    ['null', 500],
  ])('the value %s is refused, and the engine lives', async (value, status) => {
    const { socketPath } = await start({ dataFolder: await createTempFolder() })
    const body = `{"TableName":"missing","Item":{"a":{"S":"[null]"},"v":${value}}}`
    expect(await dynamo(socketPath, body)).toMatchObject({ status })
    expect(await dynamo(socketPath, '{}', 'ListTables')).toMatchObject({ status: 200 })
  })

  it('text that looks like a null in a list is no such value', async () => {
    const { socketPath } = await start({ dataFolder: await createTempFolder() })
    const body = '{"TableName":"missing","Item":{"a":{"S":"[null, null]"}}}'
    expect((await dynamo(socketPath, body)).text).toContain('ResourceNotFoundException')
    expect((await dynamo(socketPath, '[null')).text).toContain('SerializationException')
  })

  it('a client that hangs up in the middle of one does not end the engine', async () => {
    const { socketPath } = await start({ dataFolder: await createTempFolder() })
    const client = connect(socketPath)
    const closed = new Promise((resolve) => client.once('close', resolve))
    const head = 'POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: DynamoDB_20120810.PutItem\r\n'
    client.write(`${head}content-length: 99\r\n\r\n{"half":`, () => client.destroy())
    await closed
    expect(await dynamo(socketPath, '{}', 'ListTables')).toMatchObject({ status: 200 })
  })

  it('a body above 16 MiB is refused', async () => {
    const { socketPath } = await start({ dataFolder: await createTempFolder() })
    const body = 'x'.repeat(16 * 1024 * 1024 + 1)
    expect(await dynamo(socketPath, body)).toMatchObject({ status: 413 })
  })
})

describe('the way in', () => {
  it('is open to this user alone, even where the data folder is open to all', async () => {
    const dataFolder = join(await createTempFolder(), 'data')
    await mkdir(dataFolder)
    await chmod(dataFolder, 0o755)
    await mkdir(join(dataFolder, 's3'))
    await chmod(join(dataFolder, 's3'), 0o777)
    const { socketPath } = await start({ dataFolder })
    expect(await mode(socketPath)).toBe('600')
    for (const path of [dirname(socketPath), join(dataFolder, 's3'), join(dataFolder, 'dynamodb')])
      expect(await mode(path)).toBe('700')
    expect(await mode(dataFolder)).toBe('755')
  })

  it('makes a missing data folder private', async () => {
    const dataFolder = join(await createTempFolder(), 'new/data')
    await start({ dataFolder })
    expect(await mode(dataFolder)).toBe('700')
  })

  it('is short enough below a very long data folder, and found by clients there', async () => {
    const dataFolder = join(await createTempFolder(), ...Array(5).fill('long'.repeat(20)))
    const { socketPath } = await start({ dataFolder })
    expect(Buffer.byteLength(socketPath)).toBeLessThan(104)
    expect(dirname(dirname(socketPath))).toBe(tmpdir())
    expect(await mode(dirname(socketPath))).toBe('700')
    await createTables(connectTo(dataFolder))
  })

  it('is the same for two names of one folder', async () => {
    const dataFolder = await createTempFolder()
    const alias = join(await createTempFolder(), 'alias')
    await symlink(dataFolder, alias)
    await start({ dataFolder })
    await expect(start({ dataFolder: alias })).rejects.toBeInstanceOf(LocalAwsAlreadyRunning)
  })

  it('is refused where somebody put a link in its place', async () => {
    const dataFolder = await createTempFolder()
    await symlink(await createTempFolder(), join(dataFolder, 'local-aws'))
    await expect(startLocalAws({ dataFolder, log: silentLog })).rejects.toThrow(/not a link/)
  })

  it.runIf(process.getuid?.() === 0)('is refused where the folder is somebody else’s', async () => {
    const dataFolder = await createTempFolder()
    const { chown } = await import('node:fs/promises')
    await mkdir(join(dataFolder, 'local-aws'))
    await chown(join(dataFolder, 'local-aws'), 12_345, 12_345)
    await expect(startLocalAws({ dataFolder, log: silentLog })).rejects.toThrow(
      /belongs to user 12345/,
    )
  })
})

describe('a loopback port', () => {
  const startWithPort = async () => {
    const engine = await start({ dataFolder: await createTempFolder(), port: 0 })
    const port = Number(new URL(engine.url ?? '').port)
    return (request: RawRequest) => sendRaw({ port, path: '/a-bucket/key', ...request })
  }

  it('is not there unless asked for', async () => {
    expect(await start({ dataFolder: await createTempFolder() })).not.toHaveProperty('url')
  })

  it('answers programs on this machine', async () => {
    const send = await startWithPort()
    expect(await send({ method: 'PUT', body: 'hi' })).toMatchObject({ status: 200 })
    expect(await send({})).toEqual({ status: 200, text: 'hi' })
  })

  it.each([
    { host: 'rebound.example' },
    { origin: 'https://site.example' },
    { origin: 'null' },
    { host: 'localhost.site.example' },
  ])('refuses a web page (%j)', async (headers) => {
    const send = await startWithPort()
    expect(await send({ headers })).toMatchObject({ status: 403 })
  })

  it('that is taken is a clear error, and leaves the folder free', async () => {
    const dataFolder = await createTempFolder()
    const other = await start({ dataFolder: await createTempFolder(), port: 0 })
    const port = Number(new URL(other.url ?? '').port)
    await expect(startLocalAws({ dataFolder, port, log: silentLog })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port,
    })
    await start({ dataFolder })
  })
})
