import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundleFolder } from '../support/gateway.js'
import {
  type Child,
  createDataFolder,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { taskClient, withTasks } from './task-client.js'

const token = 'the-operator-of-a-gateway-that-stops-0123456789'
let dataFolder: string
const children: Child[] = []
beforeEach(async () => {
  dataFolder = await createDataFolder()
})
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.stop()))
  await removeDataFolder(dataFolder)
})

const env = {
  ADMIN_STATIC_TOKEN: token,
  MCP_CONFIG_FILE: bundleFolder('task_tools'),
  DRAIN_TIMEOUT_MS: '300',
}
const interrupted = { status: 'failed', error: { code: -31_015 } }

const start = async () => {
  const gateway = await startGateway({ dataFolder, env })
  children.push(gateway)
  return { gateway, client: taskClient(gateway.url.origin, { token }) }
}

describe('a task of a process that stops', () => {
  it('over HTTP is ended as interrupted before the process has gone', async () => {
    const first = await start()
    const taskId = await first.client.begin('gated', { key: 'k' })
    expect(await first.gateway.stop()).toMatchObject({ exitCode: 0 })
    const { client } = await start()
    expect(await client.get(taskId)).toMatchObject(interrupted)
  })

  it('over stdio is ended as interrupted when its client goes, and the process ends', async () => {
    const sidecar = run([...mcpDaemon, 'start', '--stdio'], {
      ...env,
      DATA_DIR: dataFolder,
      // As whom the operator's token acts.
      MCP_USER_ID: 'operator',
    })
    children.push(sidecar)
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': withTasks,
    }
    const params = { name: 'gated', arguments: { key: 'k' }, _meta: meta }
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
    sidecar.stdin.write(`${JSON.stringify(request)}\n`)
    const [, taskId = ''] = await sidecar.until(/"taskId":"([^"]+)"/)
    sidecar.stdin.end()
    expect(await sidecar.ended).toMatchObject({ exitCode: 0 })
    const { client } = await start()
    expect(await client.get(taskId)).toMatchObject(interrupted)
  })
})
