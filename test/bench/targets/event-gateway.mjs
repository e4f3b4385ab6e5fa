/**
 * The built gateway in a process that can be told to publish and to measure itself: real HTTP
 * route, tokens and in-memory event log. What a call or a change would append to the log is appended
 * here. Usage: event-gateway.mjs OPTIONS, as JSON.
 */
import { inTurns, serveParent } from './event-server.mjs'

/** @type {import('../start-event-server.js').GatewayServerOptions} */
const { dataFolder, jwtSecretKey, audience, settings } = JSON.parse(process.argv[2])
const built = new URL('../../../dist/', import.meta.url)
const load = (path) => import(new URL(path, built).href)

const { buildGateway, toGatewayOptions } = await load('app.js')
const { toHttpOptions } = await load('cli/http-options.js')
const { readConfig } = await load('config/config.js')
const { endpointStream, userStream } = await load('events/events.js')
const { createParts } = await load('parts.js')
const { createLog } = await load('telemetry/telemetry.js')

const config = readConfig({ DATA_DIR: dataFolder, ...settings })
const parts = createParts(config, {
  log: createLog('warn'),
  server: { name: 'bench', version: '0.0.0' },
  built,
  secrets: { jwtSecretKey },
})
await parts.createTables()
const gateway = buildGateway(parts, toGatewayOptions(config))
const http = await gateway.openHttp(toHttpOptions(config))
const { port } = new URL(await http.listen({ host: '127.0.0.1', port: 0 }))

serveParent(Number(port), async (event, count) => {
  const { events } = parts
  if (audience.kind === 'users') {
    const streams = audience.users.map((userId) => userStream('default', userId))
    for (let n = 0; n < count; n++)
      await inTurns(streams.length, (at) => void events.append(streams[at - 1], event))
    return
  }
  // What everybody may hear of: a resource of the endpoint, with a name as long as the event.
  const notice = { type: 'resource.updated', uri: `bench:${event.message}` }
  await inTurns(count, () => void events.append(endpointStream('default'), notice))
})
