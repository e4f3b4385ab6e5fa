import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { sha256Of } from '../../src/bundles/bundles.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { openTerminal } from '../cli/program.js'
import { withFileLimit } from '../support/file-limit.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { startLimitedEngine } from '../support/limited-engine.js'
import {
  type Child,
  createDataFolder,
  mcpDaemon,
  removeDataFolder,
  run,
} from '../support/product.js'
import { startPublishing, weatherZip } from './publishing-bench.js'

/** The quickest: what runs the code does not matter here. */
const EXECUTOR = 'inline'

/** Room for tables and small bundles. */
const LIMIT_KIB = 256
const DATABASE_LIMIT_KIB = 64

async function freshFolder(): Promise<string> {
  const dataFolder = await createDataFolder()
  onTestFinished(() => removeDataFolder(dataFolder))
  return dataFolder
}

/** A gateway whose engines find no room for what is large, until they are stopped. */
async function startFullGateway() {
  const dataFolder = await freshFolder()
  const engine = await startLimitedEngine(dataFolder, LIMIT_KIB)
  onTestFinished(async () => void (await engine.stop()))
  const logged: object[] = []
  const error = (fields: object, message: string) => void logged.push({ ...fields, message })
  const log = { ...silentLog, error }
  const gateway = await startTestGateway({ sharing: { dataFolder }, env: { EXECUTOR }, log })
  onTestFinished(() => gateway.stop())
  return { gateway, logged, makeRoom: () => engine.stop() }
}

async function put({ url }: TestGateway, path: string, zip: Buffer) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const body = new Uint8Array(zip)
  const answer = await fetch(`${url}${path}`, { method: 'PUT', headers, body })
  return { status: answer.status, text: await answer.text() }
}

/** The command in a process of its own, which finds no more room than the engines. */
async function pushLimited(path: string, env: Readonly<Record<string, string>>) {
  const push = run(withFileLimit(LIMIT_KIB, [...mcpDaemon, 'bundle', 'push', path]), env)
  const { exitCode } = await push.ended
  return { exitCode, stdout: push.stdout(), lastLine: push.stderr().trimEnd().split('\n').at(-1) }
}

describe('while the disk is full', { timeout: 60_000 }, () => {
  it('uploads and pushes say so in a line, what was active stays, and later they succeed', async () => {
    const { gateway, logged, makeRoom } = await startFullGateway()
    const { publishing, catalog } = gateway.parts
    const [endpointId, actor, variables] = ['default', 'operator', { HOST: 'a.test' }]
    const active = async () =>
      (await catalog.snapshot(endpointId)).find('tool', 'lookup')?.target.bundle.sha256
    const small = weatherZip('small')
    await publishing.publish({ endpointId, zip: small, variables, actor })

    const packed = weatherZip(randomBytes(400_000).toString('base64'))
    const content = { bytes: packed.length, sha256: sha256Of(packed) }
    const { uploadId, target } = await publishing.prepareUpload(endpointId, actor, content)
    const upload = { endpointId, uploadId, variables, actor }
    for (const attempt of [1, 2]) {
      const { status, text } = await put(gateway, target.url, packed)
      expect(status).toBe(503)
      const message = 'The upload cannot be stored now (ServiceUnavailable): send it again'
      expect(JSON.parse(text)).toMatchObject({ error: { message } })
      const err = { cause: { message: 'The disk takes no more' } }
      expect(logged[attempt - 1]).toMatchObject({ err, endpointId })
      expect(JSON.stringify(logged)).not.toContain(uploadId)
    }
    const nothing = { code: 'UPLOAD_NOT_FOUND' }
    await expect(publishing.processUpload(upload)).rejects.toMatchObject(nothing)

    const env = { DATA_DIR: gateway.dataFolder, MCP_VAR_HOST: 'a.test', EXECUTOR }
    const large = join(gateway.dataFolder, 'large.zip')
    const wide = join(gateway.dataFolder, 'wide.zip')
    await writeFile(large, packed)
    await writeFile(wide, weatherZip('wide '.repeat(80_000)))
    const [stored, unpacked] = await Promise.all([pushLimited(large, env), pushLimited(wide, env)])
    const line = (reason: string) =>
      expect.stringMatching(`^version [0-9a-f]{64} of package weather_tools: ${reason}$`)
    expect(stored).toEqual({
      exitCode: 1,
      stdout: '',
      lastLine: line('it cannot be stored \\(ServiceUnavailable\\)'),
    })
    expect(unpacked).toEqual({
      exitCode: 1,
      stdout: '',
      lastLine: line('it cannot be unpacked here \\(EFBIG\\)'),
    })
    expect(await active()).toBe(sha256Of(small))

    await makeRoom()
    const push = await openTerminal(env).run('bundle', 'push', wide)
    expect(push.stdout).toContain('activated')
    expect(await put(gateway, target.url, packed)).toEqual({ status: 201, text: '' })
    expect((await put(gateway, target.url, packed)).status).toBe(404)
    expect(await publishing.processUpload(upload)).toMatchObject({ outcome: 'activated' })
    expect(await active()).toBe(content.sha256)
  })

  it('of the database, an upload fails, what was active stays, and another try publishes it', async () => {
    const bench = await startPublishing()
    onTestFinished(() => bench.stop())
    const { aws, makeRoom } = await openFullDatabase()
    const { publishing, catalog } = bench.on(aws)
    const owner = { endpointId: 'acme', userId: 'ann' }
    const upload = async (zip: Buffer) => {
      const content = { bytes: zip.length, sha256: sha256Of(zip) }
      const { uploadId } = await publishing.prepareUpload(owner.endpointId, owner.userId, content)
      await publishing.receiveUpload(owner, { uploadId, body: Readable.from([zip]) })
      return uploadId
    }
    const processOne = (uploadId: string, host: string) =>
      publishing.processUpload({
        endpointId: owner.endpointId,
        uploadId,
        variables: { HOST: host },
        actor: owner.userId,
      })
    const active = async () => (await catalog.snapshot(owner.endpointId)).find('tool', 'lookup')

    const before = weatherZip('before')
    await processOne(await upload(before), 'a.test')
    const zip = weatherZip('after')
    const uploadId = await upload(zip)
    const host = 'x'.repeat(2 * DATABASE_LIMIT_KIB * 1024)
    await expect(processOne(uploadId, host)).rejects.toThrow(/stopped while it was asked; its log/)
    expect((await active())?.target.bundle.sha256).toBe(sha256Of(before))
    expect((await active())?.target.setting).toEqual({ url: 'https://a.test' })

    await makeRoom()
    expect(await processOne(uploadId, host)).toMatchObject({ outcome: 'activated' })
    expect((await active())?.target.bundle.sha256).toBe(sha256Of(zip))
  })
})

/** Engines in which no row has room that is larger than the limit; each write of one ends them. */
async function openFullDatabase() {
  const dataFolder = await freshFolder()
  const engines: Child[] = []
  let isFull = true
  const spawnEngine = () => {
    const command = [...mcpDaemon, 'local-aws', '--data-folder', dataFolder]
    engines.push(run(isFull ? withFileLimit(DATABASE_LIMIT_KIB, command) : command, {}))
  }
  const stop = () => Promise.all(engines.map((engine) => engine.stop()))
  const client = { ...connectLocalAws({ dataFolder, spawnEngine }), maxAttempts: 1 }
  const aws = createAws({ bucket: 'bundles', tables: tableNames('test-'), client })
  onTestFinished(async () => {
    aws.close()
    await stop()
  })
  await createTables(aws)
  const makeRoom = async () => {
    isFull = false
    await stop()
  }
  return { aws, makeRoom }
}
