import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../src/domain/caller.js'
import { bundleFolder } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { ann, latestRecord } from './ask.js'
import {
  accept,
  type DrivenGateway,
  named,
  roundClient,
  startDrivenGateway,
  TTL_MS,
} from './round-client.js'

let test: DrivenGateway
beforeAll(async () => {
  test = await startDrivenGateway()
})
afterAll(() => test.stop())
beforeEach(() => {
  test.time.now = Date.now()
})

const { send, answer } = roundClient(() => test)

const refusal = { code: 'INVALID_PARAMS', message: 'Invalid or expired requestState' }

describe('a function that asks', () => {
  it('ends with its questions, in its answer and not before it, and completes when they are answered [M5]', async () => {
    const asked = await send('greet')
    expect(asked.inputRequests).toEqual({
      user: {
        method: 'elicitation/create',
        params: {
          message: 'Your name?',
          requestedSchema: {
            type: 'object',
            properties: { name: { type: 'string' } },
            required: ['name'],
          },
        },
      },
    })
    expect((await answer('greet', asked, { user: named('Ann') })).content).toEqual([
      { type: 'text', text: 'Hello, Ann!' },
    ])
  })

  it('asks in as many rounds as it needs, and its state survives them', async () => {
    const first = await send('interview')
    const second = await answer('interview', first, { first: named('Ann') })
    expect(Object.keys(second.inputRequests ?? {})).toEqual(['second'])
    expect(second.requestState).not.toBe(first.requestState)
    const done = await answer('interview', second, { second: named('Bea') })
    expect(done.structuredContent).toEqual({ names: ['Ann', 'Bea'], runs: 3 })
  })

  it('is answered before it asks, and asks only for the rest', async () => {
    const both = { first: named('Ann'), second: named('Bea'), other: 1 }
    const done = await send('interview', { params: { inputResponses: both } })
    expect(done.structuredContent).toEqual({ names: ['Ann', 'Bea'], runs: 3 })
    const asked = await send('interview', { params: { inputResponses: { first: named('Ann') } } })
    expect(Object.keys(asked.inputRequests ?? {})).toEqual(['second'])
    const later = await answer('interview', asked, { second: named('Eve') })
    expect(later.structuredContent).toMatchObject({ names: ['Ann', 'Eve'] })
  })

  it('asks a person, a model and for roots at once', async () => {
    const asked = await send('everything')
    expect(Object.values(asked.inputRequests ?? {}).map(({ method }) => method)).toEqual([
      'elicitation/create',
      'sampling/createMessage',
      'roots/list',
    ])
    const done = await answer('everything', asked, {
      person: named('Ann'),
      model: { role: 'assistant', model: 'm', content: { type: 'text', text: 'Roses' } },
      roots: { roots: [{ uri: 'file:///work' }] },
    })
    expect(done.structuredContent).toEqual({ person: 'Ann', model: 'Roses', roots: 1 })
  })

  it.each(['decline', 'cancel'])('hears it when the person chooses to %s', async (action) => {
    const done = await answer('greet', await send('greet'), { user: { action, content: 'x' } })
    expect(done.content).toMatchObject([{ text: `the user chose to ${action}` }])
  })

  it('sends a person to a page [M43]', async () => {
    const asked = await send('visit')
    const done = await answer('visit', asked, { visit: { action: 'accept' } })
    expect(done.content).toMatchObject([{ text: 'visited: accept' }])
  })

  it('may be a prompt or a resource [M40]', async () => {
    const prompt = { method: 'prompts/get' }
    expect(
      await answer('brief', await send('brief', prompt), { user: named('Ann') }, prompt),
    ).toMatchObject({ messages: [{ content: { text: 'Be brief with Ann' } }] })
    const resource = { method: 'resources/read' }
    const asked = await send('asking://diary', resource)
    expect(await answer('asking://diary', asked, { user: named('Ann') }, resource)).toMatchObject({
      contents: [{ text: 'Dear Ann' }],
    })
  })

  it('is recorded round by round, under one conversation, without what opens the next', async () => {
    const asked = await send('greet')
    const [first] = await readStoredCalls(test.dataFolder)
    expect(first).toMatchObject({ name: 'greet', status: 'input_required' })
    expect(JSON.stringify(first)).not.toContain(asked.requestState)
    await answer('greet', asked, { user: named('Ann') })
    const second = await latestRecord(test)
    expect(second).toMatchObject({ status: 'completed' })
    expect(second).toHaveProperty('conversation_id', expect.stringMatching(/^[\da-f-]{36}$/))
    expect(first).toHaveProperty('conversation_id', Reflect.get(second ?? {}, 'conversation_id'))
  })
})

describe('an answer that is none', () => {
  it.each([
    ['nothing', {}],
    ['another key', { other: named('Ann') }],
    ['a number', { user: 12_345 }],
    ['null', { user: null }],
    ['an array', { user: [] }],
    ['an unknown action', { user: { action: 'maybe' } }],
    ['an acceptance without content', { user: { action: 'accept' } }],
    ['content that does not fit', { user: accept({ name: 7 }) }],
    ['content without what is required', { user: accept({}) }],
  ])('(%s) is asked for again, with no effect', async (_name, responses) => {
    const before = (await send('countEffects')).structuredContent
    const asked = await send('greet')
    const again = await answer('greet', asked, responses)
    expect(again.inputRequests).toEqual(asked.inputRequests)
    expect((await send('countEffects')).structuredContent).toEqual(before)
    expect((await answer('greet', again, { user: named('Ann') })).content).toMatchObject([
      { text: 'Hello, Ann!' },
    ])
  })

  it.each([
    ['model', { role: 'robot', model: 'm', content: { type: 'text', text: 'x' } }],
    ['model', { role: 'assistant', content: { type: 'text', text: 'x' } }],
    ['model', { role: 'assistant', model: 'm', content: 'x' }],
    ['roots', { roots: {} }],
    ['roots', { roots: [{ name: 'x' }] }],
  ])('to the question "%s" (%j) leaves just that one open', async (key, wrong) => {
    const good = {
      person: named('Ann'),
      model: { role: 'assistant', model: 'm', content: [{ type: 'text', text: 'x' }] },
      roots: { roots: [] },
    }
    const again = await answer('everything', await send('everything'), { ...good, [key]: wrong })
    expect(Object.keys(again.inputRequests ?? {})).toEqual([key])
  })

  it('beside one that is wanted is passed over [M42]', async () => {
    const responses = { user: named('Ann'), other: 1, ['__proto__']: 2 }
    const done = await answer('greet', await send('greet'), responses)
    expect(done.content).toMatchObject([{ text: 'Hello, Ann!' }])
  })

  it('before anything was asked is asked for as if it had never come', async () => {
    const asked = await send('greet', { params: { inputResponses: { user: accept({}) } } })
    expect(asked.inputRequests).toHaveProperty('user')
  })
})

describe('a requestState', () => {
  const user = { user: named('Ann') }

  it('that was changed anywhere is refused [M41]', async () => {
    const { requestState = '' } = await send('greet')
    const places = [0, 1, 3, 6, 10, 30, requestState.length >> 1, -30, -1]
    for (const place of places) {
      const at = place < 0 ? requestState.length + place : place
      const other = requestState[at] === 'A' ? 'B' : 'A'
      const changed = requestState.slice(0, at) + other + requestState.slice(at + 1)
      await expect(answer('greet', { requestState: changed }, user)).rejects.toMatchObject(refusal)
    }
    for (const forged of ['', 'x', '..', 'v1.jwt.', `${requestState}A`, `${requestState}.A`])
      await expect(answer('greet', { requestState: forged }, user)).rejects.toMatchObject(refusal)
  })

  it.each<[string, Caller]>([
    ['user', { ...ann, userId: 'bea' }],
    ['endpoint', { ...ann, endpointId: 'acme' }],
  ])('of another %s is refused', async (_what, caller) => {
    if (caller.endpointId === 'acme') await test.publish('asking_tools', 'acme')
    const asked = await send('greet')
    await expect(answer('greet', asked, user, { caller })).rejects.toMatchObject(refusal)
  })

  it('of other arguments, another name or another method is refused', async () => {
    const asked = await send('greet', { params: { arguments: { greeting: 'Hi' } } })
    const hey = { params: { arguments: { greeting: 'Hey' } } }
    await expect(answer('greet', asked, user, hey)).rejects.toMatchObject(refusal)
    await expect(answer('greet', asked, user)).rejects.toMatchObject(refusal)
    await expect(answer('careful', asked, user)).rejects.toMatchObject(refusal)
    const prompt = { method: 'prompts/get' }
    await expect(answer('brief', asked, user, prompt)).rejects.toMatchObject(refusal)
  })

  it('fits the same arguments in another order', async () => {
    const asked = await send('greet', {
      params: { arguments: { greeting: 'Hi', x: { a: 1, b: 2 } } },
    })
    const same = { params: { arguments: { x: { b: 2, a: 1 }, greeting: 'Hi' } } }
    expect((await answer('greet', asked, user, same)).content).toMatchObject([{ text: 'Hi, Ann!' }])
  })

  it('that expired is refused, to the millisecond', async () => {
    const start = test.time.now
    const asked = await send('greet')
    test.time.now = start + TTL_MS
    await expect(answer('greet', asked, user)).rejects.toMatchObject(refusal)
    test.time.now = start + TTL_MS - 1
    expect((await answer('greet', asked, user)).content).toMatchObject([{ text: 'Hello, Ann!' }])
  })

  it('is not kept alive by wrong answers', async () => {
    const start = test.time.now
    const asked = await send('greet')
    test.time.now = start + TTL_MS - 1
    const again = await answer('greet', asked, {})
    test.time.now = start + TTL_MS
    await expect(answer('greet', again, user)).rejects.toMatchObject(refusal)
  })

  it('has its effect once, however often and however much at once it is sent', async () => {
    const before = Number((await send('countEffects')).structuredContent?.['effects'])
    const asked = await send('greet')
    const again = await answer('greet', asked, {})
    const tries = [asked, again, asked, again].map((state) => answer('greet', state, user))
    const settled = await Promise.allSettled(tries)
    const refused = settled.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(3)
    for (const each of refused) expect(each).toMatchObject({ reason: refusal })
    const after = (await send('countEffects')).structuredContent
    expect(after).toEqual({ effects: before + 1 })
  })
})

describe('a version that is promoted between two rounds', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'asking-'))
    await cp(bundleFolder('asking_tools'), folder, { recursive: true })
    const file = join(folder, 'asking_tools', 'index.js')
    const code = await readFile(file, 'utf8')
    await writeFile(file, code.replace("greeting = 'Hello'", "greeting = 'Bonjour'"))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is for new conversations: those that run go on with the version that they began in', async () => {
    const caller = { ...ann, endpointId: 'promoted' }
    await test.publish('asking_tools', 'promoted')
    const asked = await send('greet', { caller })
    await test.publish(folder, 'promoted')
    const user = { user: named('Ann') }
    const done = await answer('greet', asked, user, { caller })
    expect(done.content).toMatchObject([{ text: 'Hello, Ann!' }])
    const fresh = await answer('greet', await send('greet', { caller }), user, { caller })
    expect(fresh.content).toMatchObject([{ text: 'Bonjour, Ann!' }])
    const [second, , first] = await readStoredCalls(test.dataFolder, 'promoted')
    expect(first?.bundle_sha256).not.toBe(second?.bundle_sha256)
  })
})
