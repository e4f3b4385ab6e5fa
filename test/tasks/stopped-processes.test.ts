import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ADMIN_TOKEN as token, startTestGateway, type TestGateway } from '../support/gateway.js'
import { envelope } from '../support/modern-post.js'
import { mcpDaemon, run, startGateway } from '../support/product.js'
import { taskClient, type TaskClient, withTasks } from './task-client.js'

/** Goes on when the processes have gone, on the same data folder. */
let staying: TestGateway
let client: TaskClient
beforeAll(async () => {
  staying = await startTestGateway()
  await staying.publish('task_tools')
  client = taskClient(staying.url, { token })
})
afterAll(() => staying.stop())

const env = { ADMIN_STATIC_TOKEN: token, DRAIN_TIMEOUT_MS: '300' }
const interrupted = { status: 'failed', error: { code: -31_015 } }

describe('a task of a process that stops', () => {
  it('over HTTP is ended as interrupted before the process has gone', async () => {
    const gateway = await startGateway({ dataFolder: staying.dataFolder, env })
    onTestFinished(async () => void (await gateway.stop()))
    const its = taskClient(gateway.url.origin, { token })
    const taskId = await its.begin('gated', { key: 'k' })
    expect(await gateway.stop()).toMatchObject({ exitCode: 0 })
    expect(await client.get(taskId)).toMatchObject(interrupted)
  })

  it('over stdio is ended as interrupted when its client goes, and the process ends', async () => {
    const sidecar = run([...mcpDaemon, 'start', '--stdio'], {
      ...env,
      DATA_DIR: staying.dataFolder,
      // As whom the operator's token acts.
      MCP_USER_ID: 'operator',
    })
    onTestFinished(async () => void (await sidecar.stop()))
    const params = { name: 'gated', arguments: { key: 'k' }, _meta: envelope(withTasks) }
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params }
    sidecar.stdin.write(`${JSON.stringify(request)}\n`)
    const [, taskId = ''] = await sidecar.until(/"taskId":"([^"]+)"/)
    sidecar.stdin.end()
    expect(await sidecar.ended).toMatchObject({ exitCode: 0 })
    expect(await client.get(taskId)).toMatchObject(interrupted)
  })
})
