import { randomUUID } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import { tableNames } from '../../src/aws/tables.js'
import { createDynamoCalls } from '../../src/calls/dynamo-calls.js'
import { CALL_ID_META } from '../../src/domain/call.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { freshFolder, start } from '../journeys/fresh-product.js'
import { bundleFolder } from '../support/gateway.js'
import { enginePids } from '../support/product.js'
import { readStoredCalls, type StoredCall } from '../support/records.js'
import { testSeed } from '../support/seeded.js'
import { type Answered, createKilledLoad } from './killed-load.js'

/** `npm run test:kill` makes it 100. */
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 10)
const ROUND_TIMEOUT_MS = 20_000

const CALL_TIMEOUT_MS = 10_000
const SETTINGS = {
  RECORD_START_AFTER_MS: '20',
  CALL_TIMEOUT_MS: String(CALL_TIMEOUT_MS),
}

/** What the ledger says of a call that was answered. */
function toRecorded({ result }: Answered) {
  const { content, structuredContent, _meta } = result
  const callId = _meta?.[CALL_ID_META]
  return { callId, status: 'completed', content, structuredContent }
}

function toFound(row: StoredCall | undefined) {
  const said = JSON.parse(row?.content ?? '{}') as Answered['result']
  const { content, structuredContent } = said
  return { callId: row?.mcp_function_call_uuid, status: row?.status, content, structuredContent }
}

/** Another instance, long after the time that the calls had. */
function openLater(dataFolder: string) {
  const client = connectLocalAws({ dataFolder, spawnEngine: () => undefined })
  const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
  const clock = { now: () => Date.now() + CALL_TIMEOUT_MS + 120_000 }
  const state = createDynamoStateStore({ aws, clock })
  const calls = createDynamoCalls({
    aws,
    state,
    retentionDays: 90,
    sweepEveryMs: 20,
    log: silentLog,
    clock,
  })
  onTestFinished(async () => {
    await calls.close(0)
    aws.close()
  })
  return calls
}

it(
  `what was answered is found, each call once, after kill -9 in the middle of others (${ROUNDS} times)`,
  { timeout: 60_000 + ROUNDS * ROUND_TIMEOUT_MS },
  async () => {
    const dataFolder = await freshFolder()
    const token = randomUUID() + randomUUID()
    const env = { ...SETTINGS, ADMIN_STATIC_TOKEN: token }
    const publishing = { MCP_CONFIG_FILE: bundleFolder('journey_tools') }
    const load = createKilledLoad(testSeed(20_260_807))
    for (let round = 0; round < ROUNDS; round++)
      await load.runAndKill(
        await start({ dataFolder, env: { ...env, ...(round === 0 && publishing) } }),
        token,
      )
    await start({ dataFolder, env })
    expect(enginePids(dataFolder)).toHaveLength(1)

    const found = await readStoredCalls(dataFolder)
    const byArguments = new Map(found.map((row) => [row.arguments, row]))
    expect(byArguments.size).toBe(found.length)
    for (const call of load.answered)
      expect(toFound(byArguments.get(call.asked))).toEqual(toRecorded(call))

    const left = found.filter(({ status }) => status !== 'completed')
    expect(left.length).toBeGreaterThan(0)
    expect(new Set(left.map(({ status }) => status))).toEqual(new Set(['in_process']))
    console.info(
      `kill: ${ROUNDS} rounds, ${load.sentCount} calls sent, ${load.answered.length} answered, ` +
        `${found.length} found, ${left.length} of them interrupted`,
    )

    const [first] = left
    const sweepers = [openLater(dataFolder), openLater(dataFolder)]
    const read = await sweepers[0]?.read('default', first?.mcp_function_call_uuid ?? '')
    expect(read).toMatchObject({ status: 'failed', error: { code: 'INTERRUPTED' } })
    for (const calls of sweepers) calls.open('default').leave()
    const running = { endpointId: 'default', status: 'in_process', limit: 100 } as const
    await expect
      .poll(async () => (await sweepers[1]?.list(running))?.calls, { timeout: 30_000 })
      .toEqual([])
    const isLeft = new Set(left.map((row) => row.mcp_function_call_uuid))
    const closed = await readStoredCalls(dataFolder)
    expect(closed.filter((row) => isLeft.has(row.mcp_function_call_uuid))).toMatchObject(
      left.map(() => ({ status: 'failed', error: { code: 'INTERRUPTED' } })),
    )
    const others = (rows: StoredCall[]) =>
      rows.filter((row) => !isLeft.has(row.mcp_function_call_uuid))
    expect(others(closed)).toEqual(others(found))
  },
)
