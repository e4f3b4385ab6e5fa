import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type TestAws, startTestAws } from '../support/aws.js'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { testSeed } from '../support/seeded.js'
import { zipOf } from '../support/zip.js'

/** One tool, which counts how often it has run. */
const COUNTING = {
  'mcp_configuration.json': {
    tools: [{ name: 'count', description: 'Counts', inputSchema: { type: 'object' } }],
    module_links: [
      {
        type: 'tool',
        name: 'count',
        module_name: 'counting',
        class_name: 'Counting',
        function_name: 'count',
      },
    ],
    modules: [{ package_name: 'counting', module_name: 'counting', class_name: 'Counting' }],
  },
  'counting/index.js': `
    let count = 0
    export class Counting {
      count() {
        count += 1
        return { count }
      }
    }`,
}

const NOT_RECORDED = -31006
const RECORDS_UNAVAILABLE = -31018

let database: TestAws
let proxy: FaultProxy
const gateways: TestGateway[] = []

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret')
  database = await startTestAws({ tables: false })
  proxy = await startFaultProxy({
    socketPath: database.socketPath,
    seed: testSeed(20_260_808),
  })
})
afterEach(async () => {
  proxy.disturb({})
  proxy.comeBack()
  for (const gateway of gateways.splice(0)) await gateway.stop()
})
afterAll(async () => {
  await proxy.close()
  await database.stop()
  vi.unstubAllEnvs()
})

/** A gateway that reaches DynamoDB and S3 by way of the proxy, and serves one endpoint. */
async function startBehindProxy(endpointId: string, env: Record<string, string> = {}) {
  const gateway = await startTestGateway({
    sharing: database,
    env: {
      AWS_REGION: 'eu-central-1',
      FUNCT_BUCKET_NAME: 'bundles',
      AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
      AWS_ENDPOINT_URL_S3: proxy.url,
      JWT_SECRET_KEY: 'a-signing-key-of-more-than-32-characters',
      ADMIN_STATIC_TOKEN: ADMIN_TOKEN,
      // Records alone are to meet the faults.
      CATALOG_CHECK_MS: '60000',
      EXECUTOR: 'worker',
      MAX_WORKERS: '1',
      ...env,
    },
  })
  gateways.push(gateway)
  await gateway.parts.publishing.publish({
    endpointId,
    zip: zipOf(COUNTING),
    variables: {},
    actor: 'test',
  })
  return gateway
}

interface Answer {
  readonly result?: { readonly structuredContent: { readonly count: number } }
  readonly error?: { readonly code: number; readonly message: string }
}

async function count({ url }: TestGateway, endpointId: string, n = 0): Promise<Answer> {
  const call = { name: 'count', arguments: { n } }
  const response = await fetch(
    `${url}/${endpointId}/mcp`,
    modernPost('tools/call', call, ADMIN_TOKEN),
  )
  return (await response.json()) as Answer
}

const stored = (endpointId: string) => readStoredCalls(database.dataFolder, endpointId)

describe('over HTTP, behind a database that fails', () => {
  it('every call is answered and recorded once while each fault befalls one request in ten', async () => {
    const gateway = await startBehindProxy('faults')
    await count(gateway, 'faults', -1)
    proxy.disturb({ throttled: 0.1, unprocessed: 0.1, paused: 0.02, reset: 0.1, lost: 0.1 })
    const answers: Answer[] = []
    let next = 0
    const work = async () => {
      while (next < 200) answers.push(await count(gateway, 'faults', next++))
    }
    await Promise.all(Array.from({ length: 20 }, work))
    const counts = answers.map(({ result }) => result?.structuredContent.count ?? 0)
    expect(counts.sort((a, b) => a - b)).toEqual(counts.map((_, at) => at + 2))
    const rows = await stored('faults')
    expect(new Set(rows.map((row) => row.arguments)).size).toBe(201)
    expect(rows).toHaveLength(201)
    expect(rows.every(({ status }) => status === 'completed')).toBe(true)
  })

  it('a function runs while it may be recorded; is its record refused, the caller learns that it ran', async () => {
    const gateway = await startBehindProxy('away', { RECORD_TIMEOUT_MS: '2000' })
    const before = await count(gateway, 'away')
    expect(before.result?.structuredContent).toEqual({ count: 1 })
    const codes: number[] = []
    const tryOnce = async () => {
      const { error, result } = await count(gateway, 'away')
      if (error !== undefined) codes.push(error.code)
      return result
    }
    proxy.goAway()
    while (codes.filter((code) => code === RECORDS_UNAVAILABLE).length < 3) await tryOnce()
    expect(codes[0]).toBe(NOT_RECORDED)

    proxy.comeBack()
    const after = await vi.waitUntil(tryOnce, { timeout: 20_000, interval: 100 })
    expect(new Set(codes)).toEqual(new Set([NOT_RECORDED, RECORDS_UNAVAILABLE]))
    const ran = codes.filter((code) => code === NOT_RECORDED).length
    expect(after.structuredContent).toEqual({ count: ran + 2 })
    const rows = await stored('away')
    expect(rows.length).toBeGreaterThanOrEqual(2)
    expect(rows.length).toBeLessThanOrEqual(ran + 2)
  })

  it('with RECORD_DURABILITY=async answers come while it is away, and the end of the process writes them', async () => {
    const gateway = await startBehindProxy('async', { RECORD_DURABILITY: 'async' })
    await count(gateway, 'async', -1)
    proxy.goSilent()
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => count(gateway, 'async', n)),
    )
    expect(answers.every(({ result }) => result !== undefined)).toBe(true)
    const stopped = gateways.splice(0).map((each) => each.stop())
    proxy.comeBack()
    await Promise.all(stopped)
    const rows = await stored('async')
    expect(rows).toHaveLength(31)
    expect(new Set(rows.map((row) => row.arguments)).size).toBe(31)
  })
})
