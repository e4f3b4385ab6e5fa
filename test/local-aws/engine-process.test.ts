import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { connectLocalAws, spawnLocalAws } from '../../src/local-aws/local-aws.js'
import { createTempFolder } from './local-folder.js'

const entry = new URL('engine-process.mjs', import.meta.url)

/** The engine as a child of this test, and what it says first. */
async function spawnChild(dataFolder: string) {
  const args = [entry.pathname, '--data-folder', dataFolder]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const said = once(createInterface({ input: child.stdout }), 'line')
  const failed = text(child.stderr).then((reason) => Promise.reject(new Error(reason)))
  const [line] = await Promise.race([said, failed])
  failed.catch(() => undefined)
  return { child, exited, line: String(line) }
}

/** A connection whose engines are children of this test. */
function connectTo(dataFolder: string) {
  const children: ChildProcess[] = []
  const spawnEngine = vi.fn<() => void>(() => {
    const args = [entry.pathname, '--data-folder', dataFolder]
    children.push(spawn(process.execPath, args, { stdio: 'ignore' }))
  })
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: 'kept', tables: tableNames('t-'), client })
  onTestFinished(async () => {
    aws.close()
    await Promise.all(children.map(end))
  })
  return { aws, spawnEngine, children }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const writeRow = ({ db, tables }: ReturnType<typeof createAws>, n: number) =>
  db.send(
    new PutCommand({
      TableName: tables.settings,
      Item: { endpoint_id: 'acme', setting_id: `n${n}`, text: 'x'.repeat(2000) },
    }),
  )

it('of six processes that start at once on a folder, one runs and five are told', async () => {
  const dataFolder = await createTempFolder()
  const started = await Promise.all(Array.from({ length: 6 }, () => spawnChild(dataFolder)))
  const running = started.filter(({ line }) => line.startsWith('running'))
  const told = started.filter(({ line }) => line === 'already running')
  expect([running.length, told.length]).toEqual([1, 5])
  expect(await Promise.all(told.map(({ exited }) => exited))).toEqual(told.map(() => [0, null]))
})

it('a killed engine frees its folder: the next start takes over its socket file', async () => {
  const dataFolder = await createTempFolder()
  const first = await spawnChild(dataFolder)
  first.child.kill('SIGKILL')
  await first.exited
  expect((await stat(join(dataFolder, 'local-aws/socket'))).isSocket()).toBe(true)
  const second = await spawnChild(dataFolder)
  expect(second.line).toMatch(/^running/)
})

it('an engine that is asked to end lets go of socket and process', async () => {
  const dataFolder = await createTempFolder()
  const { child, exited } = await spawnChild(dataFolder)
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  await expect(stat(join(dataFolder, 'local-aws/socket'))).rejects.toMatchObject({ code: 'ENOENT' })
})

it('the first request starts the engine, once however many wait for it', async () => {
  const { aws, spawnEngine } = connectTo(await createTempFolder())
  const s3 = await aws.s3()
  const stream = Readable.from([Buffer.from('streamed')])
  await Promise.all([
    createTables(aws),
    s3.send(new PutObjectCommand({ Bucket: aws.bucket, Key: 'a', Body: 'buffer' })),
    s3.send(new PutObjectCommand({ Bucket: aws.bucket, Key: 'b', Body: stream, ContentLength: 8 })),
  ])
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: aws.bucket, Key: 'b' }))
  expect(await Body?.transformToString()).toBe('streamed')
  expect(spawnEngine).toHaveBeenCalledTimes(1)
})

it('kill -9 while 120 calls are in flight: each succeeds, and nothing acknowledged is lost', async () => {
  const { aws, spawnEngine, children } = connectTo(await createTempFolder())
  await createTables(aws)
  const s3 = await aws.s3()
  let acknowledged = 0
  const count = () => void acknowledged++
  const rows = Array.from({ length: 100 }, (_, n) => writeRow(aws, n).then(count))
  const objects = Array.from({ length: 20 }, (_, n) =>
    s3
      .send(new PutObjectCommand({ Bucket: aws.bucket, Key: `k${n}`, Body: `object ${n}` }))
      .then(count),
  )
  await Promise.race([...rows, ...objects])
  children[0]?.kill('SIGKILL')
  const atDeath = acknowledged
  const outcomes = await Promise.allSettled([...rows, ...objects])

  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  expect(atDeath).toBeLessThan(120)
  expect(spawnEngine).toHaveBeenCalledTimes(2)
  const { Count } = await aws.db.send(
    new ScanCommand({ TableName: aws.tables.settings, Select: 'COUNT' }),
  )
  expect(Count).toBe(100)
  for (let n = 0; n < 20; n++) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: aws.bucket, Key: `k${n}` }))
    expect(await Body?.transformToString()).toBe(`object ${n}`)
  }
})

/** An engine of the product's own spawning, once it answers. */
async function spawnDetached() {
  const dataFolder = await createTempFolder()
  const spawnEngine = () => spawnLocalAws({ dataFolder, entry, args: [], idleMs: 300 })
  const client = connectLocalAws({ dataFolder, spawnEngine })
  const aws = createAws({ bucket: 'kept', tables: tableNames('t-'), client })
  onTestFinished(() => aws.close())
  await createTables(aws)
  const log = join(dataFolder, 'local-aws/engine.log')
  const pid = Number(/^running (\d+)/m.exec(await readFile(log, 'utf8'))?.[1])
  const ended = async () => {
    await expect.poll(() => readFile(log, 'utf8'), { timeout: 10_000 }).toMatch(/^ended/m)
    await expect.poll(() => isAlive(pid)).toBe(false)
  }
  return { log, pid, ended }
}

it('a spawned engine writes a log that is private, and ends when idle', async () => {
  const { log, ended } = await spawnDetached()
  expect((await stat(log)).mode & 0o777).toBe(0o600)
  await ended()
})

it.runIf(process.platform === 'linux')('a spawned engine has none of our environment', async () => {
  const { pid, ended } = await spawnDetached()
  expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toMatch(/^TMPDIR=[^\0]*\0$/)
  await ended()
})

it('an engine that cannot be started, or never answers, is an error that names its log', async () => {
  const dataFolder = await createTempFolder()
  const spawnEngine = vi.fn<() => void>()
  const client = connectLocalAws({ dataFolder, spawnEngine, startTimeoutMs: 200 })
  const aws = createAws({ bucket: 'kept', tables: tableNames('t-'), client })
  onTestFinished(() => aws.close())
  await expect(writeRow(aws, 0)).rejects.toThrow(/did not answer .* its log is .*engine\.log/)
  expect(spawnEngine).toHaveBeenCalledTimes(1)
})

it('an engine that dies of every request is restarted, until the SDK has tried enough', async () => {
  const dataFolder = await createTempFolder()
  const spawnEngine = vi.fn<() => void>(() => listenAndDie(join(dataFolder, 'local-aws/socket')))
  const client = { ...connectLocalAws({ dataFolder, spawnEngine }), maxAttempts: 3 }
  const aws = createAws({ bucket: 'kept', tables: tableNames('t-'), client })
  onTestFinished(() => aws.close())
  await expect(writeRow(aws, 0)).rejects.toMatchObject({
    name: 'TimeoutError',
    $metadata: { attempts: 3 },
  })
  expect(spawnEngine).toHaveBeenCalledTimes(3)
})

/** In place of an engine: the first byte of a request ends it. */
function listenAndDie(socketPath: string): void {
  const server = createServer((socket) => {
    socket.once('data', () => {
      server.close()
      socket.destroy()
    })
  })
  server.listen(socketPath)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
