/** A database, and a network on the way to it, that fail for as long as they are told to. */
import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import {
  askEngine,
  type EngineAnswer,
  notAllOf,
  operationOf,
  throttled,
  withLeftItems,
} from './engine-answers.js'
import { createSeeded } from './seeded.js'

/**
 * `throttled`: refused, as DynamoDB refuses what is too much for it. `unprocessed`: items of a batch
 * that are left for later. `paused`: answered two seconds late. `reset`: the connection breaks
 * before the request was passed on. `lost`: it breaks when the request was carried out.
 */
export const FAULTS = ['throttled', 'unprocessed', 'paused', 'reset', 'lost'] as const

export type Fault = (typeof FAULTS)[number]

/** Of requests, or of items for `unprocessed`: 0 to 1. */
export type FaultShares = Partial<Record<Fault, number>>

export interface FaultProxy {
  /** Where clients connect, for DynamoDB and S3: `http://127.0.0.1:{port}`. */
  readonly url: string
  /** How often each fault has happened. */
  readonly happened: Readonly<Record<Fault, number>>
  /** What happens from now on; nothing by default. */
  disturb(shares: FaultShares): void
  /** Breaks every connection from now on. */
  goAway(): void
  /** Takes requests from now on, and says nothing; what it took is carried out at its return. */
  goSilent(): void
  comeBack(): void
  close(): Promise<void>
}

export interface FaultProxyOptions {
  /** Of the engine. */
  readonly socketPath: string
  readonly seed: number
}

const PAUSE_MS = 2000

export async function startFaultProxy({
  socketPath,
  seed,
}: FaultProxyOptions): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  const faults = createFaults(seed)
  let isAway = false
  let silence: PromiseWithResolvers | undefined

  const carryOut = async (
    request: IncomingMessage,
    body: Buffer,
  ): Promise<EngineAnswer | 'cut'> => {
    const ask = (sent: Buffer) => askEngine({ agent, socketPath }, request, sent)
    await silence?.promise
    if (isAway || faults.befall('reset')) return 'cut'
    if (operationOf(request) !== undefined && faults.befall('throttled'))
      return throttled(faults.happened.throttled % 2 === 0)
    if (faults.befall('paused')) await delay(PAUSE_MS)
    const batch = notAllOf(request, body, () => faults.befall('unprocessed'))
    const answer = batch ? withLeftItems(await ask(batch.sent), batch.left) : await ask(body)
    return faults.befall('lost') ? 'cut' : answer
  }
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = await carryOut(request, await buffer(request))
    if (answer === 'cut') request.socket.resetAndDestroy()
    else response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  const server = createServer((request, response) => {
    // A client that has given up is none that could be told.
    serve(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const comeBack = () => {
    isAway = false
    silence?.resolve()
    silence = undefined
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    happened: faults.happened,
    disturb: faults.disturb,
    goAway: () => {
      isAway = true
    },
    goSilent: () => {
      silence ??= withResolvers()
    },
    comeBack,
    async close() {
      comeBack()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      agent.destroy()
    },
  }
}

function createFaults(seed: number) {
  const random = createSeeded(seed)
  const happened = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>
  let shares: FaultShares = {}
  return {
    happened,
    disturb: (wanted: FaultShares) => {
      shares = wanted
    },
    befall(fault: Fault): boolean {
      const isHit = random.chance(shares[fault] ?? 0)
      if (isHit) happened[fault] += 1
      return isHit
    },
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  resolve(): void
}

function withResolvers(): PromiseWithResolvers {
  let resolve = (): void => undefined
  const promise = new Promise<void>((resolved) => {
    resolve = resolved
  })
  return { promise, resolve }
}
