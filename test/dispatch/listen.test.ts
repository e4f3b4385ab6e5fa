import { describe, expect, it } from 'vitest'
import { modernPost } from '../support/modern-post.js'
import { taskClient, withTasks } from '../tasks/task-client.js'
import { listChanged, listen, methodOf, resourceUpdated, SUBSCRIPTION_ID } from './listen-client.js'
import {
  announce,
  everything,
  open,
  test,
  token,
  useListeningGateway,
} from './listening-gateway.js'

useListeningGateway()

describe('a client that listens', () => {
  it.each(['a', '', 0, 7])(
    'is told first what is honoured, and with every message of the request with id %j [M50]',
    async (id) => {
      const stream = await open({ ...everything, unknown: true }, { id })
      const meta = { [SUBSCRIPTION_ID]: id }
      expect(stream.acknowledged).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/subscriptions/acknowledged',
        params: { notifications: everything, _meta: meta },
      })
      await announce(listChanged('tools'))
      await announce(resourceUpdated('journey://items/1'))
      expect(await stream.next()).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/tools/list_changed',
        params: { _meta: meta },
      })
      expect(await stream.next()).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/resources/updated',
        params: { uri: 'journey://items/1', _meta: meta },
      })
    },
  )

  it('hears what it asked for alone, in order [M50]', async () => {
    const all = await open(everything)
    const prompts = await open({ promptsListChanged: true, toolsListChanged: false })
    for (const kind of ['tools', 'resources', 'prompts'] as const) await announce(listChanged(kind))
    await announce(resourceUpdated('journey://items/2'))
    await announce(listChanged('prompts'))
    const heard = []
    for (let n = 0; n < 4; n++) heard.push(await methodOf(all))
    expect(heard).toEqual([
      'notifications/tools/list_changed',
      'notifications/resources/list_changed',
      'notifications/prompts/list_changed',
      'notifications/prompts/list_changed',
    ])
    expect(await methodOf(prompts)).toBe('notifications/prompts/list_changed')
    expect(await methodOf(prompts)).toBe('notifications/prompts/list_changed')
  })

  it('is honoured resources that are there, templated ones and results of calls', async () => {
    const call = 'mcp://function-call/0198c0de'
    const asked = ['journey://static', 'journey://nothing', 'journey://items/9', call]
    const { acknowledged } = await open({ resourceSubscriptions: [...asked, 'journey://static'] })
    expect(acknowledged?.params?.['notifications']).toEqual({
      resourceSubscriptions: ['journey://static', 'journey://items/9', call],
    })
  })

  it('hears nothing of another user, and nothing of another endpoint', async () => {
    const call = 'mcp://function-call/0198c0de'
    const uris = [call, 'journey://static']
    const stream = await open({ toolsListChanged: true, resourceSubscriptions: uris })
    await announce(resourceUpdated(call, 'bob'))
    await announce(resourceUpdated(call))
    await announce(resourceUpdated('journey://static', 'bob'))
    await announce(listChanged('tools'), 'elsewhere')
    await announce(resourceUpdated(call, 'ann'))
    expect((await stream.next())?.params).toMatchObject({ uri: call })
    await announce(resourceUpdated('journey://static', 'ann'))
    expect((await stream.next())?.params).toMatchObject({ uri: 'journey://static' })
  })

  it.each([
    ['nothing', {}],
    ['what is not there', { resourceSubscriptions: ['journey://nothing'] }],
    ['no', { toolsListChanged: false, resourceSubscriptions: [] }],
  ])('for %s is acknowledged and done at once [M52]', async (_what, notifications) => {
    const stream = await open(notifications, { id: 'none' })
    expect(stream.acknowledged?.params?.['notifications']).toEqual({})
    expect(await stream.next()).toMatchObject({
      id: 'none',
      result: { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: 'none' } },
    })
    expect(await stream.next()).toBeUndefined()
  })

  it('for longer names than it may is refused', async () => {
    const uri = `journey://items/${'x'.repeat(70_000)}`
    const refused = await listen(test.url, {
      token,
      notifications: { resourceSubscriptions: [uri] },
    })
    expect(await refused.next()).toMatchObject({ error: { code: -32602 } })
  })

  it('too often at a time is refused, until it leaves one of its streams', async () => {
    const carl = { token: await test.tokenFor('carl') }
    const notifications = { toolsListChanged: true }
    const streams = []
    for (let n = 0; n < 100; n++) streams.push(await open(notifications, carl))
    const { acknowledged: refused } = await open(notifications, carl)
    expect(refused?.error?.message).toMatch(/may have 100\b/)
    expect((await open(notifications)).acknowledged?.method).toContain('acknowledged')
    streams[0]?.leave()
    await expect
      .poll(async () => (await open(notifications, carl)).acknowledged?.method)
      .toBe('notifications/subscriptions/acknowledged')
  })
})

describe('what functions say and become', () => {
  const announceByTool = async (args: object) => {
    const params = { name: 'announce', arguments: args }
    const asked = modernPost('tools/call', params, await test.tokenFor('bob'))
    const answer = await fetch(`${test.url}/default/mcp`, asked)
    expect(await answer.json()).toMatchObject({ result: { content: [{ text: 'announced' }] } })
  }

  it('is heard by every user of the endpoint that listens', async () => {
    const stream = await open(everything)
    await announceByTool({ uri: 'journey://static' })
    await announceByTool({ kind: 'prompts' })
    expect((await stream.next())?.params).toMatchObject({ uri: 'journey://static' })
    expect(await methodOf(stream)).toBe('notifications/prompts/list_changed')
  })

  it('is heard of a task by its owner alone, until it has ended', async () => {
    const taskId = await taskClient(test.url, { token }).begin('background', { ms: 200 })
    const asked = { taskIds: [taskId] }
    const stream = await open(asked, { capabilities: withTasks })
    expect(stream.acknowledged?.params?.['notifications']).toEqual(asked)
    const bob = await open(asked, { capabilities: withTasks, token: await test.tokenFor('bob') })
    expect(bob.acknowledged?.params?.['notifications']).toEqual({})
    let frame = await stream.next()
    while (frame?.params?.['status'] === 'working') frame = await stream.next()
    expect(frame).toMatchObject({
      method: 'notifications/tasks',
      params: { taskId, status: 'completed', _meta: { [SUBSCRIPTION_ID]: 1 } },
    })
  })
})

describe('what listens is told in discovery', () => {
  it('with every list and with the tasks extension', async () => {
    const asked = modernPost('server/discover', {}, token)
    const answer = (await (await fetch(`${test.url}/default/mcp`, asked)).json()) as object
    expect(answer).toMatchObject({
      result: {
        capabilities: {
          tools: { listChanged: true },
          prompts: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          extensions: { 'io.modelcontextprotocol/tasks': {} },
        },
      },
    })
  })
})
