/** `GET /metrics` on an address of its own: it is for operators, and callers never reach it. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Log, ScrapedMetrics } from '../telemetry/telemetry.js'
import { createHostRule } from './host-check.js'

export interface MetricsServerOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** True when `host` is a loopback address: then pages of other names get nothing. */
  readonly isLoopback: boolean
  readonly log: Log
}

export interface MetricsServer {
  /** Where the metrics are: `http://127.0.0.1:{port}/metrics`. */
  readonly url: string
  close(): Promise<void>
}

/** Of whoever scrapes; more at a time are turned away. */
const MAX_CONNECTIONS = 64

/** For one whole request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000

const PATH = '/metrics'

/** @throws when the address cannot be listened on */
export async function serveMetrics(
  metrics: ScrapedMetrics,
  { host, port, isLoopback, log }: MetricsServerOptions,
): Promise<MetricsServer> {
  const limits = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }
  /** Absent until the port is known. */
  let rule: ReturnType<typeof createHostRule> | undefined
  const server = createServer(limits, (request, response) => {
    if (rule?.(request.headers) !== true) response.writeHead(403).end()
    else
      answer(metrics, request, response).catch((err: unknown) => {
        log.error({ err }, 'the metrics could not be shown')
        response.destroy()
      })
  })
  server.maxConnections = MAX_CONNECTIONS
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}${PATH}`
  rule = createHostRule({ isLoopback, publicUrl: url })
  return {
    url,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(
  metrics: ScrapedMetrics,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff').setHeader('cache-control', 'no-store')
  if (url.split('?', 1)[0] !== PATH) return void response.writeHead(404).end()
  if (method !== 'GET' && method !== 'HEAD')
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end()
  const text = await metrics.scrape()
  response.writeHead(200, { 'content-type': metrics.contentType }).end(text)
}
