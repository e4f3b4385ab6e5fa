import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { ann, ask, type Asked, latestRecord, stranger, toRequest } from './ask.js'

let test: TestGateway
beforeAll(async () => {
  test = await startTestGateway({ env: { PAGE_SIZE: '4' } })
  await test.publish('journey_tools')
})
afterAll(() => test.stop())

describe('a resource', () => {
  const read = (uri: string) => ask(test, toRequest({ method: 'resources/read', params: { uri } }))

  it('is read by its URI, a templated one too', async () => {
    expect((await read('journey://static')).result).toEqual({
      contents: [{ uri: 'journey://static', mimeType: 'text/plain', text: 'hello' }],
    })
    expect((await read('journey://items/42')).result).toMatchObject({
      contents: [{ uri: 'journey://items/42', mimeType: 'application/json' }],
    })
    expect(await latestRecord(test)).toMatchObject({
      mcp_type: 'resource_template',
      name: 'journey://items/{id}',
      status: 'completed',
    })
  })

  it.each(['journey://nothing', 'journey://items/none', 'file:///etc/passwd', ''])(
    '%s that is not there is an error that names it',
    async (uri) => {
      await expect(read(uri)).rejects.toMatchObject({ code: 'RESOURCE_NOT_FOUND' })
    },
  )

  it("whose function throws is an error with its author's words", async () => {
    await expect(read('journey://broken')).rejects.toMatchObject({
      code: 'FUNCTION_FAILED',
      message: 'the kettle is empty',
    })
    expect(await latestRecord(test)).toMatchObject({ status: 'failed', name: 'journey://broken' })
  })
})

describe('a prompt', () => {
  const get = (name: string, args?: Record<string, string>) =>
    ask(test, toRequest({ method: 'prompts/get', params: { name, arguments: args } }))

  it('is made from its arguments', async () => {
    expect((await get('greet', { name: 'Ann' })).result).toMatchObject({
      messages: [{ role: 'user', content: { type: 'text', text: 'Greet Ann in a kind tone' } }],
    })
  })

  it('without a required argument says which', async () => {
    await expect(get('greet')).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message: 'params.arguments: name required by prompt greet',
    })
  })

  it('that is unknown is an error', async () => {
    await expect(get('nope')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' })
  })
})

describe('a list', () => {
  const page = async (method: 'tools/list' | 'prompts/list', cursor?: string, caller = ann) => {
    const { result } = await ask(test, toRequest({ method, params: { cursor } }), { caller })
    return result as { tools?: { name: string }[]; nextCursor?: string }
  }

  it('comes in pages, in order, each item once [M31]', async () => {
    const names: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const { tools = [], nextCursor } = await page('tools/list', cursor)
      names.push(...tools.map((tool) => tool.name))
      cursor = nextCursor
      pages++
    } while (cursor !== undefined)
    expect(pages).toBe(5)
    expect(names).toHaveLength(18)
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('of an endpoint without bundles is empty', async () => {
    expect(await page('tools/list', undefined, stranger)).toEqual({ tools: [] })
  })

  it('has no cursor that works at another endpoint, or in another list [M31]', async () => {
    const { nextCursor } = await page('tools/list')
    await expect(page('tools/list', nextCursor, stranger)).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    })
    await expect(page('prompts/list', nextCursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
  })

  it.each([
    '',
    'nonsense',
    'bnVsbA',
    'W10',
    Buffer.from('["default","tool","a",1]').toString('base64url'),
  ])('refuses the cursor "%s"', (cursor) =>
    expect(page('tools/list', cursor)).rejects.toMatchObject({ code: 'CURSOR_INVALID' }),
  )

  it('after a cursor of an item that is gone goes on where it was', async () => {
    const cursor = Buffer.from('["default","tool","liar2",""]').toString('base64url')
    expect((await page('tools/list', cursor)).tools?.[0]?.name).toBe('long_call')
    const end = Buffer.from('["default","tool","zzz",""]').toString('base64url')
    expect(await page('tools/list', end)).toEqual({ tools: [] })
  })

  it('shows resources, templates and prompts as their manifest does', async () => {
    const { result: resources } = await ask(
      test,
      toRequest({ method: 'resources/list', params: {} }),
    )
    expect(resources).toMatchObject({ resources: [{ name: 'broken' }, { name: 'static' }] })
    const { result: templates } = await ask(
      test,
      toRequest({ method: 'resources/templates/list', params: {} }),
    )
    expect(templates).toEqual({
      resourceTemplates: [
        {
          uriTemplate: 'journey://items/{id}',
          name: 'item',
          description: 'One item',
          mimeType: 'application/json',
        },
      ],
    })
    const { result: prompts } = await ask(test, toRequest({ method: 'prompts/list', params: {} }))
    expect(prompts).toMatchObject({ prompts: [{ name: 'greet' }] })
  })
})

describe('the rest of the methods', () => {
  const handshake = (protocolVersion: string) =>
    toRequest({
      method: 'initialize',
      params: { protocolVersion, capabilities: {}, clientInfo: { name: 'c', version: '1' } },
    })

  it('initialize settles on a revision with a handshake [L1]', async () => {
    expect((await ask(test, handshake('2025-06-18'))).result).toEqual({
      protocolVersion: '2025-06-18',
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      serverInfo: { name: 'test-gateway', version: '0.0.0' },
    })
    expect((await ask(test, handshake('2026-07-28'))).result).toMatchObject({
      protocolVersion: '2025-11-25',
    })
  })

  it('discover, ping and setLevel answer [L8, L9, M30]', async () => {
    const asked = (method: string, params: object = {}) =>
      ask(test, toRequest({ method, params } as Asked))
    expect((await asked('server/discover')).result).toMatchObject({
      supportedVersions: ['2026-07-28'],
    })
    expect((await asked('ping')).result).toEqual({})
    expect((await asked('logging/setLevel', { level: 'info' })).result).toEqual({})
  })
})
