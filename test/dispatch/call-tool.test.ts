import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGateway } from '../../src/app.js'
import { createAws } from '../../src/aws/aws.js'
import { tableNames } from '../../src/aws/tables.js'
import { createDynamoCalls } from '../../src/calls/dynamo-calls.js'
import { connectLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import {
  ann,
  ask,
  exchangeOf,
  gatewayOptions,
  latestRecord,
  stranger,
  toolCall,
  toRequest,
} from './ask.js'

let test: TestGateway
let sha256: string
beforeAll(async () => {
  test = await startTestGateway({ env: { CALL_TIMEOUT_MS: '1500' } })
  const published = await test.publish('journey_tools')
  sha256 = published.ref.sha256
})
afterAll(() => test.stop())

const refuse = () => {
  throw new Error('there is no engine in this test')
}

describe('a tool call', () => {
  it('is answered, and recorded with who called what with which result', async () => {
    const { result } = await ask(test, toolCall('echo', { text: 'tea' }))
    expect(result).toEqual({ content: [{ type: 'text', text: 'tea' }] })
    expect(await latestRecord(test)).toMatchObject({
      name: 'echo',
      mcp_type: 'tool',
      status: 'completed',
      user_id: 'ann',
      arguments: '{"text":"tea"}',
      content: JSON.stringify(result),
      bundle_sha256: sha256,
      protocol_version: '2025-11-25',
      time_spent: expect.any(Number),
    })
  })

  it('tells the function who calls', async () => {
    const { result } = await ask(test, toolCall('whoami'))
    const { mcp_function_call_uuid: callId } = (await latestRecord(test)) ?? {}
    expect(result['structuredContent']).toEqual({ endpointId: 'default', userId: 'ann', callId })
  })

  it('without arguments gets an empty object', async () => {
    const { result } = await ask(
      test,
      toRequest({ method: 'tools/call', params: { name: 'region' } }),
    )
    expect(result).toEqual({ content: [{ type: 'text', text: 'region=undefined' }] })
  })

  it('of an unknown tool is no call: an error, and no record [M33]', async () => {
    const before = await latestRecord(test)
    await expect(ask(test, toolCall('nope'))).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
      message: 'Unknown tool: nope',
    })
    expect(await latestRecord(test)).toEqual(before)
  })

  it("never reaches another endpoint's tool", async () => {
    await expect(
      ask(test, toolCall('echo', { text: 'x' }), { caller: stranger }),
    ).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
    })
  })

  it.each([
    ['echo', {}, /Invalid arguments: arguments.*text/],
    ['echo', { text: 4 }, /arguments\/text.*string/],
    ['fail', {}, /^the kettle is empty$/],
    ['liar', {}, /outputSchema.*n.*integer/],
  ])(
    '%s with %j that fails is told to the model and recorded as failed [M33]',
    async (name, args, text) => {
      const { result } = await ask(test, toolCall(name, args))
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(text) }],
      })
      expect(await latestRecord(test)).toMatchObject({
        name,
        status: 'failed',
        content: JSON.stringify(result),
        error: { message: expect.stringMatching(text) },
      })
    },
  )

  it('whose function says that it failed is recorded as failed', async () => {
    const { result } = await ask(test, toolCall('refuse'))
    expect(result).toEqual({ content: [{ type: 'text', text: 'no tea today' }], isError: true })
    expect(await latestRecord(test)).toMatchObject({ status: 'failed' })
  })

  it('that never ends is stopped at its time limit, told so, and the next one works', async () => {
    const { result } = await ask(test, toolCall('spin'))
    expect(result).toMatchObject({ isError: true })
    expect(await latestRecord(test)).toMatchObject({
      status: 'timed_out',
      error: { code: 'CALL_TIMED_OUT' },
    })
    const { result: next } = await ask(test, toolCall('echo', { text: 'still here' }))
    expect(next).toMatchObject({ content: [{ text: 'still here' }] })
  })

  it('that is cancelled ends at once and is recorded as cancelled', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const exchange = exchangeOf({ signal, notify: () => controller.abort() })
    const waiting = toolCall('wait', {}, { logLevel: 'info' })
    await expect(test.gateway.dispatch.handle(ann, waiting, exchange)).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
    expect(await latestRecord(test)).toMatchObject({ name: 'wait', status: 'cancelled' })
  })

  it('that was cancelled before it began does not begin', async () => {
    await expect(
      ask(test, toolCall('echo', { text: 'x' }), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      code: 'CALL_CANCELLED',
    })
  })

  it('reports progress under its token, in order, and logs from the level asked for [M60, M61]', async () => {
    const { notes } = await ask(
      test,
      toolCall('steps', {}, { progressToken: 'p', logLevel: 'info' }),
    )
    const step = (n: number) => [
      {
        method: 'notifications/message',
        params: { level: 'info', data: { step: n }, logger: 'steps' },
      },
      {
        method: 'notifications/progress',
        params: { progressToken: 'p', progress: n, total: 3, message: `step ${n}` },
      },
    ]
    expect(notes).toMatchObject([...step(1), ...step(2), ...step(3)])
  })

  it('says nothing on the way when nobody asked [M60, M61]', async () => {
    expect((await ask(test, toolCall('steps'))).notes).toEqual([])
  })

  it('on a modern wire must repeat annotated arguments in headers [M22]', async () => {
    const modern = (headers: [string, string][]) =>
      toolCall(
        'region',
        { region: 'eu' },
        { era: 'modern', version: '2026-07-28', paramHeaders: new Map(headers) },
      )
    expect((await ask(test, modern([['region', 'eu']]))).result).toMatchObject({
      content: [{ text: 'region=eu' }],
    })
    await expect(ask(test, modern([]))).rejects.toMatchObject({ code: 'HEADER_MISMATCH' })
  })

  it('that cannot be recorded is not answered', async () => {
    const { parts, dataFolder } = test
    const client = connectLocalAws({ dataFolder: join(dataFolder, 'none'), spawnEngine: refuse })
    const aws = createAws({ bucket: 'bundles', tables: tableNames(), client })
    const calls = createDynamoCalls({ aws, state: parts.state, retentionDays: 1, log: silentLog })
    const { dispatch } = buildGateway({ ...parts, calls }, gatewayOptions)
    await expect(
      dispatch.handle(ann, toolCall('echo', { text: 'b' }), exchangeOf()),
    ).rejects.toMatchObject({ code: 'NOT_RECORDED' })
    aws.close()
  })
})
