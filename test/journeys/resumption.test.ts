/** The network fails in the middle of a call, and the client's user notices nothing. */
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis } from '../support/redis.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import {
  type Answers,
  legacyClients,
  type Progress,
  type RealClient,
  type User,
} from './real-clients.js'

const bundles = fileURLToPath(new URL('bundles', import.meta.url))
/** Of 20 ms each: longer than a client waits before it comes back. */
const STEPS = 100
const COME_BACK = { timeout: 10_000 }
const everyStep = Array.from({ length: STEPS }, (_, step) => step + 1)

interface Setting {
  /** The gateway that takes the call. */
  readonly first: () => TestGateway
  /** The gateway that clients reach after a cut; after the next one it is the first again. */
  readonly second: () => TestGateway
}

/** The clients go side by side, for most of the time they wait; what each does has an order. */
function whatEveryCutSurvives({ first, second }: Setting): void {
  describe.concurrent.each(legacyClients)('%s', (clientName, _era, connect) => {
    const userId = clientName.replaceAll(' ', '-')
    let proxy: CuttingProxy
    let client: RealClient
    let cuts: number
    beforeEach(async () => {
      proxy = await startCuttingProxy(first().url)
      cuts = 0
    })
    afterEach(async () => {
      await client.close()
      await proxy.close()
    })

    const connectAs = async (user: User) => {
      const token = await first().tokenFor(userId)
      client = await connect({ url: `${proxy.url}/default/mcp`, token }, user)
    }
    const cut = () => {
      proxy.leadTo(cuts++ % 2 === 0 ? second().url : first().url)
      proxy.cut()
    }

    it.sequential.each([
      ['in the middle', [5]],
      ['again and again', [5, STEPS - 20]],
    ])(
      'gets the answer and every progress once when it is cut off %s [L10, L11]',
      async (_when, cutsAt) => {
        await connectAs({})
        const seen: number[] = []
        const onProgress = ({ progress }: Progress) => {
          seen.push(progress)
          if (cutsAt.includes(progress)) cut()
        }
        expect(await client.callTool('long_call', { steps: STEPS }, { onProgress })).toMatchObject({
          structuredContent: { done: STEPS },
        })
        expect(seen).toEqual(everyStep)
        expect(cuts).toBe(cutsAt.length)
      },
    )

    it.sequential('is asked once, and answers after it was cut off with the question open [L12]', async () => {
      let asked = 0
      const seen: number[] = []
      const answers: Answers = {
        ...silent,
        elicit: async () => {
          asked++
          cut()
          // A user takes longer than the client needs to notice and to come back.
          await vi.waitFor(() => expect(proxy.connections).toBeGreaterThan(0), COME_BACK)
          return { action: 'accept', content: { name: 'Ann' } }
        },
      }
      await connectAs({ answers })
      const onProgress = ({ progress }: Progress) => seen.push(progress)
      const { content } = await client.callTool('ask_amid_work', {}, { onProgress })
      expect(content).toEqual([{ type: 'text', text: 'Hello, Ann!' }])
      expect(asked).toBe(1)
      expect(seen).toEqual([1, 2, 3, 4])
    })

    it.sequential('gets the answer of a function that has closed its stream meanwhile', async () => {
      await connectAs({})
      expect(await client.callTool('close_stream', { ms: 200 })).toMatchObject({
        content: [{ text: 'answered after the stream was closed' }],
      })
    })

    it.sequential('has each call once in the records, completed', async () => {
      const calls = await readStoredCalls(first().dataFolder)
      const own = calls.filter((call) => call.user_id === userId)
      const told = own.map(({ name, status }) => `${name} ${status}`)
      expect(told).toEqual([
        'close_stream completed',
        'ask_amid_work completed',
        'long_call completed',
        'long_call completed',
      ])
    })
  })
}

const silent: Answers = {
  elicit: () => ({ action: 'cancel' }),
  sample: () => {
    throw new Error('nobody samples here')
  },
  roots: () => ({ roots: [] }),
}

async function publishAll(gateway: TestGateway): Promise<void> {
  await gateway.publish('journey_tools')
  await gateway.publish(`${bundles}/holding_tools`)
}

describe.concurrent('a connection cut in the middle of a call, and the same gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway()
    await publishAll(gateway)
  })
  afterAll(() => gateway.stop())

  whatEveryCutSurvives({ first: () => gateway, second: () => gateway })
})

describe.skipIf(!hasRedis)(
  'a connection cut in the middle of a call, and another gateway',
  { concurrent: true },
  () => {
    let both: TwoGateways
    beforeAll(async () => {
      both = await startTwoGateways()
      await publishAll(both.first)
    })
    afterAll(() => both.stop())

    whatEveryCutSurvives({ first: () => both.first, second: () => both.second })
  },
)
