import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEndpointSignals, type EndpointSignal } from '../../src/events/endpoint-signals.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ann, ask, toolCall } from './ask.js'

let test: TestGateway
const heard: EndpointSignal[] = []
const heardElsewhere: EndpointSignal[] = []
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('journey_tools')
  const signals = createEndpointSignals(test.parts.events, silentLog)
  await signals.hear('default', (signal) => heard.push(signal))
  await signals.hear('elsewhere', (signal) => heardElsewhere.push(signal))
})
afterAll(() => test.stop())

describe('what a function says of its endpoint', () => {
  it('reaches whoever listens to that endpoint, and nobody at another', async () => {
    await ask(test, toolCall('announce', { uri: 'journey://static', kind: 'tools' }))
    await expect
      .poll(() => heard)
      .toEqual([
        { type: 'resource.updated', uri: 'journey://static' },
        { type: 'list.changed', list: 'tools' },
      ])
    expect(heardElsewhere).toEqual([])
  })

  it('is an error of the tool when there is no such list, and reaches nobody', async () => {
    heard.length = 0
    const { result } = await ask(test, toolCall('announce', { kind: 'agents' }))
    expect(result).toMatchObject({
      isError: true,
      content: [{ text: 'call.listChanged: the list must be one of tools, prompts, resources' }],
    })
    expect(heard).toEqual([])
  })
})

describe('a function that closes its stream', () => {
  const call = toolCall('close_stream', { ms: 0 })
  const answered = { content: [{ text: 'answered after the stream was closed' }] }

  it('goes on, and its connection is closed once', async () => {
    let closed = 0
    const exchange = {
      signal: new AbortController().signal,
      closing: new AbortController().signal,
      closeStream: () => void closed++,
      notify: () => undefined,
    }
    expect(await test.gateway.dispatch.handle(ann, call, exchange)).toMatchObject(answered)
    expect(closed).toBe(1)
  })

  it('has no effect where the connection cannot be closed', async () => {
    expect((await ask(test, call)).result).toMatchObject(answered)
  })
})
