/** A call that goes on in the background, for clients that know tasks and for those that do not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis } from '../support/redis.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import { named, taskClient } from '../tasks/task-client.js'
import { type RealClient, realClients } from './real-clients.js'

const MARGIN = { timeout: 15_000, interval: 50 }
/** Longer than it takes to ask for it once. */
const BACKGROUND_MS = 300

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
  await gateway.publish('journey_tools')
})
afterAll(() => gateway.stop())

describe('a plain client of 2026-07-28 that takes tasks', () => {
  const connect = async () => taskClient(gateway.url, { token: await gateway.tokenFor('ann') })

  it('is answered at once, asks how its task stands, and gets the result', async () => {
    const client = await connect()
    const { result: task } = await client.call('background', { ms: BACKGROUND_MS })
    expect(task).toMatchObject({
      resultType: 'task',
      taskId: expect.stringMatching(/^[\da-f-]{36}$/),
      status: 'working',
      pollIntervalMs: expect.any(Number),
    })
    const { taskId = '' } = task
    expect(await client.get(taskId)).toMatchObject({ resultType: 'complete', taskId })
    expect(await client.until(taskId, 'completed')).toMatchObject({
      result: { content: [{ type: 'text', text: 'done in the background' }] },
    })
    const [call] = await readStoredCalls(gateway.dataFolder)
    expect(call).toMatchObject({ mcp_function_call_uuid: taskId, status: 'completed' })
  })

  it('answers the question of its task', async () => {
    const client = await connect()
    const taskId = await client.begin('background_ask')
    const { inputRequests } = await client.until(taskId, 'input_required')
    expect(inputRequests).toMatchObject({
      name: { method: 'elicitation/create', params: { message: 'Your name?' } },
    })
    await client.update(taskId, { name: named('Ann') })
    expect(await client.until(taskId, 'completed')).toMatchObject({
      result: { content: [{ text: 'Hello, Ann!' }] },
    })
  })

  it('cancels its task, and the record says so', async () => {
    const client = await connect()
    const taskId = await client.begin('background', { ms: 60_000 })
    await client.cancel(taskId)
    await client.until(taskId, 'cancelled')
    await expect
      .poll(async () => (await readStoredCalls(gateway.dataFolder))[0], MARGIN)
      .toMatchObject({ mcp_function_call_uuid: taskId, status: 'cancelled' })
  })
})

describe.skipIf(!hasRedis)('a plain client that takes tasks, and two gateways', () => {
  let both: TwoGateways
  beforeAll(async () => {
    both = await startTwoGateways({ sharing: gateway })
  })
  afterAll(() => both.stop())

  it('follows and answers at one what it began at the other', async () => {
    const token = await gateway.tokenFor('ann')
    const first = taskClient(both.first.url, { token })
    const second = taskClient(both.second.url, { token })
    const taskId = await first.begin('background_ask')
    await second.until(taskId, 'input_required')
    await second.update(taskId, { name: named('Ann') })
    expect(await second.until(taskId, 'completed')).toMatchObject({
      result: { content: [{ text: 'Hello, Ann!' }] },
    })
  })
})

describe.each(realClients)('a user of %s, which knows no tasks', (_name, _era, connect) => {
  let client: RealClient
  beforeAll(async () => {
    const token = await gateway.tokenFor('ann')
    client = await connect({ url: `${gateway.url}/default/mcp`, token })
  })
  afterAll(() => client.close())

  it('gets a link at once, and reads the result there when it is done', async () => {
    const { content } = await client.callTool('background', { ms: BACKGROUND_MS })
    const uri = linkIn(content)
    expect(await readJson(client, uri)).toMatchObject({
      status: expect.stringMatching(/^(in_process|completed)$/),
    })
    await expect
      .poll(() => readJson(client, uri), MARGIN)
      .toMatchObject({
        status: 'completed',
        result: { content: [{ type: 'text', text: 'done in the background' }] },
      })
  })

  it('reads no call of somebody else', async () => {
    const token = await gateway.tokenFor('ben')
    const ben = taskClient(gateway.url, { token })
    const taskId = await ben.begin('background', { ms: 0 })
    await ben.until(taskId, 'completed')
    await expect(client.readText(`mcp://function-call/${taskId}`)).rejects.toThrow(/not found/i)
  })
})

function linkIn(content: unknown): string {
  const { uri } = (content as { type: string; uri?: string }[]).find(
    ({ type }) => type === 'resource_link',
  ) ?? { uri: undefined }
  if (uri?.startsWith('mcp://function-call/') !== true)
    throw new Error(`there is no link to the call: ${JSON.stringify(content)}`)
  return uri
}

async function readJson(client: RealClient, uri: string): Promise<unknown> {
  const { text } = (await client.readText(uri)) as { text: string }
  return JSON.parse(text)
}
