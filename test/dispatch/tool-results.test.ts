import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordingLog } from '../runtime/bundles-on-disk.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ask, latestRecord, toolCall } from './ask.js'

let test: TestGateway
const { log, lines } = recordingLog()
beforeAll(async () => {
  test = await startTestGateway({ log })
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

describe("a tool's result", () => {
  it('that breaks its own outputSchema is told to the model, recorded and logged', async () => {
    const { result } = await ask(test, toolCall('liar'))
    expect(result).toEqual({
      content: [{ type: 'text', text: expect.stringMatching(/outputSchema.*n.*integer/) }],
      isError: true,
    })
    expect(await latestRecord(test)).toMatchObject({
      name: 'liar',
      status: 'failed',
      error: { code: 'OUTPUT_INVALID' },
    })
    const warnings = lines.filter(({ message }) => message.includes('outputSchema'))
    expect(warnings).toEqual([
      {
        level: 'warn',
        message: 'a tool broke its own outputSchema',
        fields: {
          endpointId: 'default',
          tool: 'liar',
          problems: ['structuredContent/n: must be integer'],
        },
      },
    ])
  })

  it('that JSON cannot hold is none: an error of the protocol, recorded as failed', async () => {
    await expect(ask(test, toolCall('not_json'))).rejects.toMatchObject({ code: 'RESULT_INVALID' })
    expect(await latestRecord(test)).toMatchObject({
      name: 'not_json',
      status: 'failed',
      error: { code: 'RESULT_INVALID' },
    })
  })

  it('knows where its request belongs in a trace [M62]', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const traced = await ask(test, toolCall('trace', {}, { trace: { traceparent } }))
    expect(traced.result).toMatchObject({ content: [{ text: traceparent }] })
    const alone = await ask(test, toolCall('trace'))
    expect(alone.result).toMatchObject({ content: [{ text: 'no trace' }] })
  })
})
