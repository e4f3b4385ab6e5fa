import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { accountAt } from '../support/aws-account.js'
import { bundleFolder } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import {
  createDataFolder,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
  startGateway,
} from '../support/product.js'
import { readStoredCalls } from '../support/records.js'

const TOKEN = 'an-operator-token-of-more-than-32-characters'

let account: { folder: string; engine: LocalAws }
let ownFolder: string
let gateway: Gateway
beforeAll(async () => {
  ownFolder = await createDataFolder()
  const folder = await createDataFolder()
  const engine = await startLocalAws({ dataFolder: folder, port: 0, log: silentLog })
  account = { folder, engine }
  const env = {
    ...accountAt(engine),
    MCP_CONFIG_FILE: bundleFolder('journey_tools'),
    JWT_SECRET_KEY: 'a-signing-key-of-more-than-32-characters',
    ADMIN_STATIC_TOKEN: TOKEN,
  }
  gateway = await startGateway({ dataFolder: ownFolder, env })
})
afterAll(async () => {
  await gateway.stop()
  await account.engine.close()
  await removeDataFolder(account.folder)
  await removeDataFolder(ownFolder)
})

describe('a gateway with an AWS account', () => {
  it('creates its tables when told to, publishes, serves and records there', async () => {
    const call = { name: 'echo', arguments: { text: 'far away' } }
    const path = new URL('/default/mcp', gateway.url)
    const response = await fetch(path, modernPost('tools/call', call, TOKEN))
    expect(await response.json()).toMatchObject({ result: { content: [{ text: 'far away' }] } })
    expect(await readStoredCalls(account.folder)).toMatchObject([
      { name: 'echo', status: 'completed' },
    ])
  })

  it('starts no engine and generates no secret on the way', async () => {
    expect(gateway.newToken).toBeUndefined()
    expect(gateway.stdout()).not.toContain(TOKEN)
    const { exitCode } = await run([...mcpDaemon, 'token'], { DATA_DIR: ownFolder }).ended
    expect(exitCode).toBe(1)
  })
})
