import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAws, type Aws } from '../../src/aws/aws.js'
import { createTables, tableNames } from '../../src/aws/tables.js'
import { createDynamoCatalog } from '../../src/catalog/dynamo-catalog.js'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { aTool, aVersion } from './bundle-version.js'
import { testSealer } from './sealer.js'

let dataFolder: string
let engine: LocalAws
let aws: Aws
let isMute = false
const sockets = new Set<Socket>()

/** Passes everything on to the engine, until it falls silent without closing a connection. */
const proxy = createServer((client) => {
  const server = connect(Number(new URL(engine.url ?? '').port), '127.0.0.1')
  for (const socket of [client, server]) {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
  }
  client.on('data', (chunk) => isMute || server.write(chunk))
  server.pipe(client)
})

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'test-mute-'))
  engine = await startLocalAws({ dataFolder, idleMs: 600_000, port: 0, log: silentLog })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  aws = createAws({
    bucket: 'test-bucket',
    tables: tableNames('test-'),
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
  })
  await createTables(aws)
})
afterAll(async () => {
  aws.close()
  for (const socket of sockets) socket.destroy()
  proxy.close()
  await engine.close()
  await rm(dataFolder, { recursive: true, force: true })
})

describe('a database that takes requests and never answers', () => {
  it('holds nobody for long: what is known is served after 2 s', async () => {
    let nowMs = Date.UTC(2026, 0, 31)
    const clock = { now: () => nowMs }
    const catalog = createDynamoCatalog({
      aws,
      sealer: testSealer,
      checkMs: 1500,
      log: silentLog,
      clock,
    })
    await catalog.activate(aVersion({ functions: [aTool('a')] }))
    const known = await catalog.snapshot('acme')
    isMute = true
    nowMs += 1500
    const startedAt = performance.now()
    expect(await catalog.snapshot('acme')).toBe(known)
    expect(performance.now() - startedAt).toBeGreaterThan(1900)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })
})
