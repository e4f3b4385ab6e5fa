/** A user who stops waiting: the function hears of it, and so does the record. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis } from '../support/redis.js'
import { startRoundRobinProxy } from '../support/round-robin-proxy.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import {
  type Connect,
  type Notice,
  type Progress,
  type RealClient,
  realClients,
  type Server,
} from './real-clients.js'
import { sidecar } from './sidecar.js'

const MARGIN = { timeout: 10_000, interval: 20 }
const bundle = fileURLToPath(new URL('bundles/holding_tools', import.meta.url))

/** Functions note in a file what they hear: a process could not write one. */
const EXECUTOR = 'worker'

let notes: string
let gateway: TestGateway
beforeAll(async () => {
  notes = await mkdtemp(join(tmpdir(), 'notes-'))
  gateway = await startTestGateway({ env: { EXECUTOR } })
  await gateway.publish(bundle)
})
afterAll(async () => {
  await gateway.stop()
  await rm(notes, { recursive: true, force: true })
})

const servers = {
  HTTP: async () => ({ url: `${gateway.url}/default/mcp`, token: await gateway.tokenFor('ann') }),
  stdio: async () => sidecar(gateway.dataFolder, { MCP_USER_ID: 'ann', EXECUTOR }),
}

const everywhere = realClients.flatMap(([name, era, connect]) =>
  (['HTTP', 'stdio'] as const).map((over) => ({ name, era, over, connect })),
)

describe.each(everywhere)('a user of $name over $over', ({ name, era, over, connect }) => {
  whatACancelDoes(connect, { era, note: `${name} ${over}`, server: () => servers[over]() })
})

describe.skipIf(!hasRedis)('on two gateways, each request to the other one than the last', () => {
  let both: TwoGateways
  let proxy: Awaited<ReturnType<typeof startRoundRobinProxy>>
  beforeAll(async () => {
    both = await startTwoGateways({ env: { EXECUTOR }, sharing: gateway })
    const token = await gateway.tokenFor('ann')
    proxy = await startRoundRobinProxy([new URL(both.first.url), new URL(both.second.url)], token)
  })
  afterAll(async () => {
    await proxy.close()
    await both.stop()
  })

  describe.each(realClients)('a user of %s', (name, era, connect) => {
    const server = async () => ({ url: `${proxy.url}/default/mcp`, token: 'the proxy has it' })
    whatACancelDoes(connect, { era, note: `${name} two`, server })
  })
})

interface Cancelled {
  readonly era: string
  /** Names the files of this client's notes. */
  readonly note: string
  readonly server: () => Promise<Server>
}

function whatACancelDoes(connect: Connect, { era, note, server }: Cancelled): void {
  let client: RealClient
  /** Whoever asks the user is not answered, and may stop waiting instead. */
  let onAsked: () => void
  const notices: Notice[] = []
  const errors: string[] = []
  beforeAll(async () => {
    const elicit = () => {
      onAsked()
      return new Promise<never>(() => undefined)
    }
    client = await connect(await server(), {
      onNotice: (notice) => notices.push(notice),
      onError: ({ message }) => errors.push(message),
      answers: { ...nobody, elicit },
    })
  })
  afterAll(() => client.close())

  const lastCall = async () => (await readStoredCalls(gateway.dataFolder))[0]

  it('stops a function that works, and hears nothing more of it', async () => {
    const file = join(notes, `${note} work`)
    const stopping = new AbortController()
    const seen: number[] = []
    const onProgress = ({ progress }: Progress) => {
      seen.push(progress)
      stopping.abort(new Error('changed my mind'))
    }
    const { signal } = stopping
    const calling = client.callTool('hold', { note: file }, { signal, onProgress })
    await expect(calling).rejects.toThrow('changed my mind')
    await expect.poll(() => read(file), MARGIN).toBe('cancelled')
    await expect.poll(lastCall, MARGIN).toMatchObject({ name: 'hold', status: 'cancelled' })
    // What was said after the cancel would have come before the answer to another request.
    await client.toolNames()
    expect(seen).toEqual([1])
    expect(notices).toEqual([])
    expect(errors.filter((message) => message.includes('unknown'))).toEqual([])
  })

  // In the latest revision nothing runs meanwhile.
  if (era !== 'legacy') return
  it('stops a function that waits for an answer', async () => {
    const file = join(notes, `${note} question`)
    const stopping = new AbortController()
    onAsked = () => stopping.abort(new Error('no answer from me'))
    const { signal } = stopping
    const calling = client.callTool('hold_on_asking', { note: file }, { signal })
    await expect(calling).rejects.toThrow('no answer from me')
    await expect.poll(() => read(file), MARGIN).toMatch(/^cancelled: /)
    await expect.poll(lastCall, MARGIN).toMatchObject({
      name: 'hold_on_asking',
      status: 'cancelled',
    })
  })
}

const nobody = {
  sample: () => {
    throw new Error('nobody samples here')
  },
  roots: () => ({ roots: [] }),
}

/** @returns undefined while it is not there */
async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}
