/** One gateway for a test file, and for each test a server and a session. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { type Headers, startStreamServer, type StreamServer } from './stream-server.js'

export let gateway: TestGateway
export let server: StreamServer
/** The headers of a session of ann's at that server. */
export let session: Headers

/** Of a test file: one gateway, and for each test a server of its own. */
export function useOwnStreamServer(): void {
  beforeAll(async () => {
    gateway = await startTestGateway()
  })
  afterAll(() => gateway.stop())
  beforeEach(async () => {
    server = await startStreamServer(gateway)
    session = await server.open()
  })
  afterEach(() => server.close())
}
