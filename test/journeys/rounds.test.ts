import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { type Answers, type RealClient, realClients } from './real-clients.js'
import { sidecar } from './sidecar.js'

const EXECUTOR = 'worker'
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ env: { EXECUTOR } })
  await gateway.publish('asking_tools')
})
afterAll(() => gateway.stop())

const answers: Answers = {
  elicit: () => ({ action: 'accept', content: { name: 'Ann' } }),
  sample: () => ({
    role: 'assistant',
    model: 'journey',
    content: { type: 'text', text: 'Roses' },
  }),
  roots: () => ({ roots: [{ uri: 'file:///work' }] }),
}

const servers = {
  HTTP: async () => ({
    url: `${gateway.url}/default/mcp`,
    token: await gateway.tokenFor('ann'),
  }),
  stdio: async () => sidecar(gateway.dataFolder, { EXECUTOR }),
}

const everywhere = realClients.flatMap(([name, era, connect]) =>
  (['HTTP', 'stdio'] as const).map((over) => ({ name, era, over, connect })),
)

describe.each(everywhere)('a user of $name over $over', ({ era, over, connect }) => {
  let client: RealClient
  let refusal: 'decline' | 'cancel' | undefined
  const elicit = () => (refusal === undefined ? answers.elicit() : { action: refusal })
  beforeAll(async () => {
    client = await connect(await servers[over](), { answers: { ...answers, elicit } })
  })
  afterAll(() => client.close())

  it(`speaks the ${era} era`, () => expect(client.era).toBe(era))

  it('is asked by a function and sees what it made of the answer', async () => {
    expect(await client.callTool('greet')).toMatchObject({ content: [{ text: 'Hello, Ann!' }] })
  })

  it('is asked one question after the other', async () => {
    expect(await client.callTool('interview')).toMatchObject({
      structuredContent: { names: ['Ann', 'Ann'] },
    })
  })

  it('answers in person, by its model and with its roots, all at once', async () => {
    expect(await client.callTool('everything')).toMatchObject({
      structuredContent: { person: 'Ann', model: 'Roses', roots: 1 },
    })
  })

  it.each(['decline', 'cancel'] as const)('may refuse with %s', async (action) => {
    refusal = action
    const { content } = await client.callTool('greet').finally(() => (refusal = undefined))
    expect(content).toEqual([{ type: 'text', text: `the user chose to ${action}` }])
  })
})

async function whileConnected(
  { over, connect }: (typeof everywhere)[number],
  act: (client: RealClient) => Promise<void>,
): Promise<void> {
  const client = await connect(await servers[over]())
  await act(client).finally(() => client.close())
}

describe.each(everywhere.filter(({ era }) => era === 'legacy'))(
  'a user of $name over $over that takes no questions',
  (given) => {
    it('is never asked, and the function can say so', () =>
      whileConnected(given, async (client) => {
        expect(await client.callTool('careful')).toMatchObject({
          content: [{ text: expect.stringContaining('elicitation.form') }],
        })
        expect(await client.callTool('greet')).toMatchObject({ isError: true })
      }))
  },
)

describe.each(everywhere.filter(({ era }) => era === 'modern'))(
  'a user of $name over $over that takes no questions',
  (given) => {
    it('is told what it would have to declare', () =>
      whileConnected(given, async (client) => {
        await expect(client.callTool('greet')).rejects.toMatchObject({ code: -32_021 })
      }))
  },
)
