import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { named, readCall, taskClient, type TaskClient } from './task-client.js'

let test: TestGateway
let ann: TaskClient
beforeAll(async () => {
  test = await startTestGateway()
  await test.publish('task_tools')
  ann = taskClient(test.url, { token: await test.tokenFor('ann') })
})
afterAll(() => test.stop())

const question = (message: string) => ({
  method: 'elicitation/create',
  params: {
    message,
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    },
  },
})

/** Of both of its questions. */
const untilBoth = (taskId: string) =>
  vi.waitFor(async () => {
    const task = await ann.get(taskId)
    expect(Object.keys(task.inputRequests ?? {})).toEqual(['first', 'second'])
    return task
  })

describe('a task that asks', () => {
  it('shows its question under the key that its author gave it, and goes on with the answer', async () => {
    const taskId = await ann.begin('confirm')
    const waiting = await ann.until(taskId, 'input_required')
    expect(waiting.inputRequests).toEqual({ user: question('Your name?') })
    expect(waiting).not.toHaveProperty('requestState')
    expect(await readCall(ann, taskId)).toMatchObject({ status: 'input_required' })
    const { result } = await ann.update(taskId, { user: named('Ann') })
    expect(result).toEqual({ resultType: 'complete', _meta: expect.anything() })
    expect(await ann.until(taskId, 'completed')).toMatchObject({
      result: { content: [{ text: 'Hello, Ann!' }] },
    })
  })

  it('may be answered piece by piece, and shows what is still open', async () => {
    const taskId = await ann.begin('both')
    await untilBoth(taskId)
    await ann.update(taskId, { second: named('Bea') })
    expect(await ann.get(taskId)).toMatchObject({
      status: 'input_required',
      inputRequests: { first: question('First?') },
    })
    expect((await ann.get(taskId)).inputRequests).not.toHaveProperty('second')
    await ann.update(taskId, { first: named('Ann') })
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      structuredContent: { names: ['Ann', 'Bea'] },
    })
  })

  it('takes answers that come at once', async () => {
    const taskId = await ann.begin('both')
    await untilBoth(taskId)
    await Promise.all([
      ann.update(taskId, { first: named('Ann') }),
      ann.update(taskId, { second: named('Bea') }),
    ])
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      structuredContent: { names: ['Ann', 'Bea'] },
    })
  })

  it.each([
    ['of an unknown key', { other: named('Ann') }],
    ['that is none', { user: 7 }],
    ['that does not fit its schema', { user: { action: 'accept', content: { name: 7 } } }],
    ['under a name that objects have', { constructor: named('Ann'), ['__proto__']: named('Eve') }],
  ])('passes over an answer %s, and stays open [M42]', async (_what, responses) => {
    const taskId = await ann.begin('confirm')
    await ann.until(taskId, 'input_required')
    expect((await ann.update(taskId, responses)).result).toMatchObject({ resultType: 'complete' })
    expect(await ann.get(taskId)).toMatchObject({ status: 'input_required' })
    await ann.update(taskId, { user: { action: 'decline' } })
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      content: [{ text: 'the user chose to decline' }],
    })
  })

  it('takes the first answer to a question, and no second one', async () => {
    const taskId = await ann.begin('both')
    await untilBoth(taskId)
    await ann.update(taskId, { first: named('Ann') })
    await ann.update(taskId, { first: named('Eve') })
    await ann.update(taskId, { second: named('Bea') })
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      structuredContent: { names: ['Ann', 'Bea'] },
    })
  })

  it('is cancelled while it waits', async () => {
    const taskId = await ann.begin('confirm')
    await ann.until(taskId, 'input_required')
    const [update, cancel] = await Promise.all([
      ann.update(taskId, { other: named('Ann') }),
      ann.cancel(taskId),
    ])
    expect([update.status, cancel.status]).toEqual([200, 200])
    const cancelled = await ann.get(taskId)
    expect(cancelled).toMatchObject({ status: 'cancelled' })
    expect(cancelled).not.toHaveProperty('inputRequests')
    expect((await ann.update(taskId, { user: named('Ann') })).status).toBe(200)
    expect(await ann.get(taskId)).toMatchObject({ status: 'cancelled' })
  })

  it('is told when its client has not declared what is asked for', async () => {
    const mute = taskClient(test.url, {
      token: await test.tokenFor('ann'),
      capabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
    })
    const done = await mute.until(await mute.begin('careful'), 'completed')
    expect(done.result?.content?.[0]?.text).toContain('elicitation.form')
  })

  it('is told when its questions are more than a task can keep', async () => {
    const done = await ann.until(await ann.begin('careful', { chars: 70_000 }), 'completed')
    expect(done.result?.content?.[0]?.text).toContain('at most 65536 are kept')
  })

  it('takes no answer that is more than a task can keep, and says so', async () => {
    const taskId = await ann.begin('confirm')
    await ann.until(taskId, 'input_required')
    const { error } = await ann.update(taskId, { user: named('x'.repeat(70_000)) })
    expect(error).toMatchObject({
      code: -31_003,
      message: expect.stringContaining('at most 65536 are kept'),
    })
    await ann.update(taskId, { user: named('Ann') })
    await ann.until(taskId, 'completed')
  })
})

describe('a function that asks before it goes on in the background', () => {
  const asked = (client: TaskClient, args: object = {}) => client.call('interview', args)
  const answer = (
    client: TaskClient,
    { requestState }: { requestState?: string },
    inputResponses: object,
    args: object = {},
  ) => client.call('interview', args, { requestState, inputResponses })

  it('asks in a round, and becomes a task with the last answer', async () => {
    const { result: round } = await asked(ann)
    expect(round).toMatchObject({
      resultType: 'input_required',
      inputRequests: { 'name-1': question('Name 1?') },
    })
    expect(round).not.toHaveProperty('taskId')
    const { result: task } = await answer(ann, round, { 'name-1': named('Ann') })
    expect(task).toMatchObject({ resultType: 'task', status: 'working' })
    expect(task).not.toHaveProperty('requestState')
    expect(task).not.toHaveProperty('inputRequests')
    const { taskId = '' } = task
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      structuredContent: { names: ['Ann'], runs: 2 },
    })
  })

  it('asks again for what was not answered, and is no task before', async () => {
    const { result: round } = await asked(ann)
    const { result: again } = await answer(ann, round, { 'name-1': 'Ann' })
    expect(again).toMatchObject({ resultType: 'input_required' })
    expect(again).not.toHaveProperty('taskId')
  })

  it('asks what comes later as a task, with what it knows at hand', async () => {
    const args = { questions: 2 }
    const { result: round } = await asked(ann, args)
    const { result } = await answer(ann, round, { 'name-1': named('Ann') }, args)
    const { taskId = '' } = result
    const waiting = await ann.until(taskId, 'input_required')
    expect(waiting.inputRequests).toEqual({ 'name-2': question('Name 2?') })
    await ann.update(taskId, { 'name-2': named('Bea') })
    expect((await ann.until(taskId, 'completed')).result).toMatchObject({
      structuredContent: { names: ['Ann', 'Bea'], runs: 2 },
    })
    const calls = await readStoredCalls(test.dataFolder)
    const [task, first] = calls.filter(({ name }) => name === 'interview')
    expect(task).toMatchObject({ mcp_function_call_uuid: taskId, status: 'completed' })
    expect(first).toMatchObject({ status: 'input_required' })
    expect(task).toHaveProperty('conversation_id', Reflect.get(first ?? {}, 'conversation_id'))
  })

  it('becomes a task at once when it was answered before it asked', async () => {
    const { result } = await ann.call(
      'interview',
      {},
      { inputResponses: { 'name-1': named('Ann') } },
    )
    expect(result).toMatchObject({ resultType: 'task' })
    await ann.until(result.taskId ?? '', 'completed')
  })

  it('answers directly when it has nothing to ask', async () => {
    const { result } = await asked(ann, { questions: 0 })
    expect(result).toMatchObject({
      resultType: 'complete',
      structuredContent: { names: [], runs: 1 },
    })
  })

  it('answers once: its round is used up with the task', async () => {
    const { result: round } = await asked(ann)
    const { result } = await answer(ann, round, { 'name-1': named('Ann') })
    const { error } = await answer(ann, round, { 'name-1': named('Eve') })
    expect(error).toMatchObject({ code: -32_602 })
    await ann.until(result.taskId ?? '', 'completed')
  })

  it('gives a client without the extension its link no sooner than its answer', async () => {
    const plain = taskClient(test.url, {
      token: await test.tokenFor('ann'),
      capabilities: { elicitation: {} },
    })
    const { result: round } = await asked(plain)
    expect(round).toMatchObject({ resultType: 'input_required' })
    const { result } = await answer(plain, round, { 'name-1': named('Ann') })
    expect(result).toMatchObject({ resultType: 'complete' })
    const callId = result.content?.[1]?.uri?.split('/').at(-1) ?? ''
    await vi.waitFor(async () =>
      expect(await readCall(plain, callId)).toMatchObject({
        status: 'completed',
        result: { structuredContent: { names: ['Ann'], runs: 2 } },
      }),
    )
  })
})
