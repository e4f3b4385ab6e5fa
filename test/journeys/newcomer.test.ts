import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { modernPost } from '../support/modern-post.js'
import {
  createDataFolder,
  enginePids,
  type Gateway,
  mcpDaemon,
  removeDataFolder,
  run,
} from '../support/product.js'
import { readStoredCalls } from '../support/records.js'
import { freshFolder, npmStart, start, TIMEOUT_MS } from './fresh-product.js'

const hasCurl = (process.env['PATH'] ?? '')
  .split(delimiter)
  .some((folder) => existsSync(join(folder, 'curl')))
const isSkipped = !hasCurl && process.env['CI'] !== 'true'
if (isSkipped) console.warn('newcomer: one test is skipped without curl: apt-get install curl')

/** Starts it with the README's command and calls a tool with the lines that it prints. */
async function followTheBanner(dataFolder: string) {
  const gateway = await start({ command: npmStart, dataFolder })
  const [, lines = ''] = gateway.stdout().split('Call a tool:\n')
  const shell = run(['sh', '-c', lines], { DATA_DIR: dataFolder })
  const { exitCode } = await shell.ended
  if (exitCode !== 0) throw new Error(`the printed lines failed:\n${shell.stderr()}`)
  return { gateway, answer: JSON.parse(shell.stdout()) as unknown }
}

function post(gateway: Gateway, method: string, params: object, token = gateway.newToken) {
  return fetch(new URL('/default/mcp', gateway.url), modernPost(method, params, token))
}

const TOKEN = 'the-admin-token-of-one-who-came-before-0123456789'
/** What is started there need not begin anew. */
let usedFolder: string
beforeAll(async () => {
  usedFolder = await createDataFolder()
})
afterAll(() => removeDataFolder(usedFolder))

/** A call that goes on for a while, seen to run. */
async function startLongCall(gateway: Gateway) {
  const params = { name: 'count_down', arguments: { from: 2, delay_ms: 700 } }
  const { body } = await post(gateway, 'tools/call', params, TOKEN)
  if (body === null) throw new Error('the answer has no body')
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = (await reader.read()).value ?? ''
  expect(text).toContain('notifications/message')
  return async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
    return text
  }
}

async function isRefused(url: URL): Promise<boolean> {
  const socket = connect(Number(url.port), url.hostname)
  try {
    await once(socket, 'connect')
    return false
  } catch {
    return true
  } finally {
    socket.destroy()
  }
}

describe('a newcomer', { timeout: TIMEOUT_MS }, () => {
  it('finds the command in the README', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
    expect(readme).toContain('npm ci && npm start ')
  })

  it.skipIf(isSkipped)(
    'calls a tool with the printed lines, and kill -9 loses nothing',
    async () => {
      const dataFolder = await freshFolder()
      const { gateway, answer } = await followTheBanner(dataFolder)
      expect(answer).toMatchObject({ id: 1, result: { structuredContent: { sum: 5 } } })
      const secretsFile = join(dataFolder, 'secrets.json')
      expect((await stat(secretsFile)).mode & 0o777).toBe(0o600)
      const secrets = await readFile(secretsFile, 'utf8')
      expect(JSON.parse(secrets)).toMatchObject({ adminToken: gateway.newToken })

      gateway.send('SIGKILL', 'group')
      await gateway.ended
      const again = await start({ command: npmStart, dataFolder })
      expect(again.newToken).toBeUndefined()
      expect(again.stdout() + again.stderr()).not.toContain(gateway.newToken)
      expect((await post(again, 'tools/list', {}, gateway.newToken)).status).toBe(200)
      const [call, ...others] = await readStoredCalls(dataFolder)
      expect(others).toEqual([])
      expect(call).toMatchObject({ name: 'add', status: 'completed', user_id: 'operator' })
      expect(call).toMatchObject({ arguments: JSON.stringify({ a: 2, b: 3 }) })
    },
  )

  it('without its token gets nothing', async () => {
    const gateway = await start({ dataFolder: usedFolder })
    const { status } = await post(gateway, 'tools/list', {}, 'x'.repeat(43))
    expect(status).toBe(401)
  })
})

describe('whoever ends it', { timeout: TIMEOUT_MS }, () => {
  it.each([
    ['SIGTERM to the command', 'SIGTERM', 'process', [...mcpDaemon, 'start']],
    ['SIGTERM to npm start', 'SIGTERM', 'process', npmStart],
    ['Ctrl+C in the terminal of npm start', 'SIGINT', 'group', npmStart],
  ] as const)('with %s gets running calls answered', async (_how, signal, to, command) => {
    const env = { ADMIN_STATIC_TOKEN: TOKEN, DRAIN_TIMEOUT_MS: '60000' }
    const gateway = await start({ command, dataFolder: usedFolder, env })
    const before = await readStoredCalls(usedFolder)
    const restOfAnswer = await startLongCall(gateway)

    gateway.send(signal, to)
    expect(await restOfAnswer()).toContain('Counted down from 2')
    const answeredAt = performance.now()
    const { exitCode } = await gateway.ended
    // The client keeps its connection open; that must not use up the time for draining.
    expect(performance.now() - answeredAt).toBeLessThan(10_000)
    expect(exitCode).toBe(0)
    expect(await isRefused(gateway.url)).toBe(true)
    const calls = await readStoredCalls(usedFolder)
    const own = calls.slice(0, calls.length - before.length)
    expect(own.map(({ name, status }) => [name, status])).toEqual([['count_down', 'completed']])
  })
})

describe('a wrong configuration', { timeout: TIMEOUT_MS }, () => {
  async function startWrongly(env: Record<string, string>) {
    const dataFolder = await freshFolder()
    const child = run(['npm', '-s', 'start'], { DATA_DIR: dataFolder, ...env })
    const { exitCode } = await child.ended
    expect([exitCode, child.stdout()]).toEqual([1, ''])
    // Neither secrets nor tables nor engines: it had not begun.
    expect(await readdir(dataFolder)).toEqual([])
    return child.stderr()
  }

  it('is told all at once, by variable and expectation, before anything is touched', async () => {
    const env = { PORT: 'abc', CALL_TIMEOUT_MS: '1', MCP_ENDPOINT_ID: '../up', JWT_SECRET_KEY: 'x' }
    const said = await startWrongly(env)
    expect(said).toMatch(/PORT must be a whole number from 0 to 65535/)
    expect(said).toMatch(/CALL_TIMEOUT_MS must be a whole number from 10 to 900000/)
    expect(said).toMatch(/MCP_ENDPOINT_ID must be /)
    expect(said).toMatch(/JWT_SECRET_KEY must have at least 32 characters/)
    expect(said).not.toMatch(/^ +at /m)
  })

  it('with AWS and no secrets is refused: nothing is generated there', async () => {
    const said = await startWrongly({ FUNCT_BUCKET_NAME: 'bundles', AWS_REGION: 'eu-west-1' })
    expect(said).toMatch(/JWT_SECRET_KEY is needed with AWS/)
    expect(said).toMatch(/ADMIN_STATIC_TOKEN is needed with AWS/)
  })

  it('a port in use is one clear line, and the gateway is gone', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const address = other.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const env = { DATA_DIR: usedFolder, PORT: String(address.port), LOG_LEVEL: 'error' }
    const child = run([...mcpDaemon, 'start'], env)
    expect(await child.ended).toEqual({ exitCode: 1, signal: null })
    expect(child.stdout()).toBe('')
    expect(child.stderr()).toMatch(new RegExp(`^.*address already in use.*:${address.port}\n$`))
    expect(enginePids(usedFolder)).toHaveLength(1)
  })
})
