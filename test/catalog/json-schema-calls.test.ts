import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { ADMIN_TOKEN, startTestGateway, type TestGateway } from '../support/gateway.js'
import { accept, roundClient } from '../dispatch/round-client.js'
import { connectRaw, MODERN, type RawClient } from '../support/raw-client.js'

const manyAs = `${'a'.repeat(60)}!`

let test: TestGateway
let client: RawClient
const warnings: object[] = []
beforeAll(async () => {
  test = await startTestGateway({
    log: { ...silentLog, warn: (fields, message) => warnings.push({ ...fields, message }) },
  })
  await test.publish('hostile_schemas')
  client = await connectRaw({ url: `${test.url}/mcp`, token: ADMIN_TOKEN }, MODERN)
})
afterAll(async () => {
  client.close()
  await test.stop()
})

const call = (name: string, args: object = {}, more: object = {}) =>
  client.ask('tools/call', { name, arguments: args, ...more })

const failure = (text: string) => ({
  isError: true,
  content: [{ type: 'text', text: expect.stringContaining(text) }],
})

it('arguments that would hold up everybody are a tool error, and the operator can find the schema', async () => {
  expect(await call('accept', { code: 'aaa' })).toMatchObject({ content: [{ text: 'accepted 3' }] })
  expect(await call('accept', { code: manyAs })).toMatchObject(
    failure('arguments: could not be checked within 50 ms'),
  )
  expect(warnings).toContainEqual({
    message: 'a schema reached its time limit',
    endpointId: 'default',
    packageName: 'hostile_schemas',
    sha256: expect.any(String),
    tool: 'accept',
    member: 'inputSchema',
    limitMs: 50,
  })
})

it('a result whose check would not end is the tool’s error', async () => {
  expect(await call('report')).toMatchObject(
    failure('structuredContent: could not be checked within 50 ms'),
  )
})

describe.each([1_000, 8_000, 100_000])('JSON that a function nests %i levels deep', (levels) => {
  it.each(['nest', 'nestUnchecked'])('is no result: %s', async (name) => {
    await expect(call(name, { levels })).rejects.toThrow(/function's result (?:nests|is not JSON)/)
  })

  it('is no log entry', async () => {
    expect(await call('logNested', { levels })).toMatchObject(failure('call.log: the second'))
  })

  it('is no question', async () => {
    const asked = await roundClient(() => test).send('askNested', {
      params: { arguments: { levels } },
    })
    expect(asked).toMatchObject(failure('call.elicit: the second argument'))
  })

  it('takes nobody else down', async () => {
    expect(await call('echo', { text: 'tea' })).toMatchObject({ content: [{ text: 'tea' }] })
  })
})

it('a result that nests 400 levels deep is checked and comes back whole', async () => {
  const answer = await call('nest', { levels: 400 })
  expect(JSON.stringify(answer['structuredContent']).match(/next/g)).toHaveLength(400)
})

it('an answer to a question that would hold up everybody is asked for again', async () => {
  const { send, answer } = roundClient(() => test)
  const asked = await send('ask')
  const questions = Object.keys(asked.inputRequests ?? {})
  const again = await answer('ask', asked, { code: accept({ code: manyAs }) })
  expect(Object.keys(again.inputRequests ?? {})).toEqual(questions)
  // Its schema rests now, so a good answer has to come again too.
  const early = await answer('ask', again, { code: accept({ code: 'aaa' }) })
  expect(Object.keys(early.inputRequests ?? {})).toEqual(questions)
  await vi.waitFor(
    async () => {
      const done = await answer('ask', again, { code: accept({ code: 'aaa' }) })
      expect(done.content).toEqual([{ type: 'text', text: 'your code is aaa' }])
    },
    { timeout: 20_000, interval: 100 },
  )
})
