import { afterEach, beforeEach, expect, it } from 'vitest'
import { createScrapedMetrics, silentLog } from '../../src/telemetry/telemetry.js'
import { type MetricsServer, serveMetrics } from '../../src/transport/metrics-server.js'
import { sendRaw } from '../support/raw-request.js'
import { readSamples } from '../telemetry/samples.js'

const address = { host: '127.0.0.1', port: 0, isLoopback: true, log: silentLog }

let server: MetricsServer
beforeEach(async () => {
  server = await serveMetrics(await createScrapedMetrics(), address)
})
afterEach(() => server.close())

it('shows the metrics as Prometheus asks for them', async () => {
  const response = await fetch(`${server.url}?name=any`)
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(readSamples(await response.text())).toHaveProperty('mcp_event_streams_open', 0)
  const head = await fetch(server.url, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

it('serves nothing else, and takes nothing', async () => {
  for (const path of ['/', '/metrics/', '/default/mcp'])
    expect((await fetch(new URL(path, server.url))).status).toBe(404)
  const post = await fetch(server.url, { method: 'POST', body: 'x' })
  expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

it('on loopback shows nothing to a page that calls it by a name of its own', async () => {
  const { port } = new URL(server.url)
  const statusBy = async (host: string) =>
    (await sendRaw({ port: Number(port), path: '/metrics', headers: { host } })).status
  expect(await statusBy('evil.example')).toBe(403)
  expect(await statusBy(`localhost:${port}`)).toBe(200)
})

it('a scrape that fails is cut and logged, and the next one is answered', async () => {
  const logged: string[] = []
  const log = { ...silentLog, error: (_fields: object, message: string) => logged.push(message) }
  const metrics = await createScrapedMetrics()
  let isBroken = true
  const scrape = () => (isBroken ? Promise.reject(new Error('broken')) : metrics.scrape())
  const breaking = await serveMetrics({ ...metrics, scrape }, { ...address, log })
  await expect(fetch(breaking.url)).rejects.toThrow('fetch failed')
  isBroken = false
  expect((await fetch(breaking.url)).status).toBe(200)
  expect(logged).toEqual(['the metrics could not be shown'])
  await breaking.close()
})

it('a port in use is refused, and one that was closed is free again', async () => {
  const port = Number(new URL(server.url).port)
  const again = async () => serveMetrics(await createScrapedMetrics(), { ...address, port })
  await expect(again()).rejects.toThrow('EADDRINUSE')
  await fetch(server.url)
  await server.close()
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
  server = await again()
  expect((await fetch(server.url)).status).toBe(200)
})
