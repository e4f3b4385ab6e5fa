import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalAws, startLocalAws } from '../../src/local-aws/local-aws.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { modernPost } from '../support/modern-post.js'
import { bundleFolder } from '../support/gateway.js'
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
  gateway = await startGateway({ dataFolder: ownFolder, env: settings() })
})
afterAll(async () => {
  await gateway.stop()
  await account.engine.close()
  await removeDataFolder(account.folder)
  await removeDataFolder(ownFolder)
})

/** An AWS account whose DynamoDB and S3 answer at other addresses. */
function settings(): Record<string, string> {
  const url = account.engine.url ?? ''
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_S3: url,
    FUNCT_BUCKET_NAME: 'bundles',
    INITIALIZE_TABLES: '1',
    MCP_CONFIG_FILE: bundleFolder('journey_tools'),
    JWT_SECRET_KEY: 'a-signing-key-of-more-than-32-characters',
    ADMIN_STATIC_TOKEN: TOKEN,
  }
}

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
