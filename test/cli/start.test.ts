import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { bundleFolder } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { readStoredCalls } from '../support/records.js'
import { createFolder, createServedFolder, serveFolder } from './local-folder.js'
import { openTerminal } from './program.js'

const message = (id: number, method: string, params: object = {}) =>
  `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`

/** For what leaves nothing there that another test would notice. */
let used: Awaited<ReturnType<typeof serveFolder>>
beforeAll(async () => {
  used = await serveFolder()
})
afterAll(() => used.stop())

/** A gateway on a free port, once it has said where; it ends with the test, if not before. */
async function start(env: Record<string, string>) {
  const terminal = openTerminal({ PORT: '0', EXECUTOR: 'worker', ...env })
  const said = once(terminal.stdout, 'data')
  const ended = terminal.run('start')
  onTestFinished(async () => {
    terminal.interrupt()
    await ended
  })
  const banner = String(await Promise.race([said, ended.then(({ stderr }) => stderr)]))
  const [, url = ''] = /listens on (http:\S+)\n/.exec(banner) ?? []
  const [, newToken] = /shown this once: (\S+)\n/.exec(banner) ?? []
  const post = (path: string, method: string, token = newToken) =>
    fetch(new URL(path, url), modernPost(method, {}, token))
  const events = (token = newToken) =>
    fetch(new URL('/default/events', url), { headers: { authorization: `Bearer ${token}` } })
  return { terminal, ended, banner, newToken, post, events }
}

it('serves the demo bundle on a laptop until it is told to end', async () => {
  const { terminal, ended, banner, post } = await start({ DATA_DIR: await createServedFolder() })
  expect(banner).toMatch(/^MCP Daemon Engine 1\.2\.3 listens on http:\/\/127\.0\.0\.1:\d+\n/)
  const answer = await post('/mcp', 'tools/list')
  expect(await answer.json()).toMatchObject({
    result: { tools: [{ name: 'add' }, { name: 'count_down' }, { name: 'echo' }] },
  })
  terminal.interrupt()
  expect(await ended).toEqual({ exitCode: 0, stdout: banner, stderr: '' })
})

it('loads what MCP_CONFIG_FILE names, for the endpoint that it names, and no demo', async () => {
  const env = {
    DATA_DIR: await createServedFolder(),
    MCP_CONFIG_FILE: bundleFolder('journey_tools'),
    MCP_ENDPOINT_ID: 'acme',
    PUBLIC_URL: 'https://tools.example.com/',
  }
  const { banner, post } = await start(env)
  expect(banner).toMatch(/ listens on http:\/\/127\.0\.0\.1:\d+\n/)
  expect(banner).toContain('MCP endpoint "acme": https://tools.example.com/acme/mcp\n')
  expect(banner).toContain(
    'Live page: https://tools.example.com/acme/live (sign in with the token)\n',
  )
  expect(banner).toContain('"params":{"name":"announce","arguments":{},')
  expect(await (await post('/acme/mcp', 'prompts/list')).json()).toMatchObject({
    result: { prompts: [{ name: 'greet' }] },
  })
  expect(await (await post('/mcp', 'tools/list')).json()).toMatchObject({
    result: { tools: [] },
  })
})

it('keeps what was pushed before instead of the demo', async () => {
  const DATA_DIR = await createServedFolder()
  await openTerminal({ DATA_DIR }).run('bundle', 'push', bundleFolder('journey_tools'))
  const { post } = await start({ DATA_DIR })
  expect(await (await post('/mcp', 'prompts/list')).json()).toMatchObject({
    result: { prompts: [{ name: 'greet' }] },
  })
})

it('takes its secrets from the environment, prints none of them and writes no file', async () => {
  const env = {
    DATA_DIR: await createServedFolder(),
    ADMIN_STATIC_TOKEN: 'the-admin-token-from-the-environment',
    JWT_SECRET_KEY: 'the-signing-key-from-the-environment',
  }
  const { banner, newToken, post } = await start(env)
  expect(newToken).toBeUndefined()
  expect(banner).not.toContain('from-the-environment')
  expect(await readdir(env.DATA_DIR)).not.toContain('secrets.json')
  const { status } = await post('/mcp', 'tools/list', env.ADMIN_STATIC_TOKEN)
  expect(status).toBe(200)
})

it('with --stdio serves one client, whose end is its own', async () => {
  const DATA_DIR = await createServedFolder()
  const terminal = openTerminal({ DATA_DIR, MCP_USER_ID: 'ann', EXECUTOR: 'inline' })
  terminal.stdin.write(message(1, 'tools/call', { name: 'add', arguments: { a: 1, b: 2 } }))
  terminal.stdin.end('not json\n')
  const { exitCode, stdout, stderr } = await terminal.run('start', '--stdio')
  expect([exitCode, stderr]).toEqual([0, ''])
  const answers = stdout.trimEnd().split('\n')
  expect(answers.map((line) => JSON.parse(line) as unknown)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: 1, result: expect.objectContaining({}) }),
      expect.objectContaining({ error: expect.objectContaining({ code: -32700 }) }),
    ]),
  )
  expect(answers).toHaveLength(2)
  expect(await readStoredCalls(DATA_DIR)).toMatchObject([{ name: 'add', user_id: 'ann' }])
})

it('with --stdio, what else is printed in its process never reaches the client', async () => {
  const terminal = openTerminal({ DATA_DIR: used.dataFolder })
  const answered = once(terminal.stdout, 'data')
  const ended = terminal.run('start', '--stdio')
  terminal.stdin.write(message(1, 'ping'))
  await answered
  terminal.stdout.write('printed by somebody\n')
  terminal.stdin.end()
  const { stdout, stderr } = await ended
  expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: {} })
  expect(stderr).toBe('printed by somebody\n')
})

it('with --stdio answers what runs when it is told to end', async () => {
  const DATA_DIR = await createServedFolder()
  const terminal = openTerminal({ DATA_DIR })
  const begun = once(terminal.stdout, 'data')
  const ended = terminal.run('start', '--stdio')
  const args = { from: 2, delay_ms: 200 }
  terminal.stdin.write(message(1, 'tools/call', { name: 'count_down', arguments: args }))
  await begun
  terminal.interrupt()
  const { exitCode, stdout } = await ended
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Counted down from 2')
  expect(await readStoredCalls(DATA_DIR)).toMatchObject([{ status: 'completed' }])
})

it('with --stdio gives what runs DRAIN_TIMEOUT_MS to end, and records what it cut', async () => {
  const DATA_DIR = await createServedFolder()
  const terminal = openTerminal({ DATA_DIR, DRAIN_TIMEOUT_MS: '50', CALL_TIMEOUT_MS: '900000' })
  const begun = once(terminal.stdout, 'data')
  const ended = terminal.run('start', '--stdio')
  const args = { from: 100, delay_ms: 100 }
  terminal.stdin.write(message(1, 'tools/call', { name: 'count_down', arguments: args }))
  await begun
  terminal.interrupt()
  expect((await ended).exitCode).toBe(0)
  await expect
    .poll(() => readStoredCalls(DATA_DIR))
    .toMatchObject([{ status: 'failed', error: { code: 'SHUTTING_DOWN' } }])
})

it('with --stdio ends well when its client is gone', async () => {
  const terminal = openTerminal({ DATA_DIR: used.dataFolder })
  const answered = once(terminal.stdout, 'data')
  const ended = terminal.run('start', '--stdio')
  terminal.stdin.write(message(1, 'ping'))
  await answered
  terminal.stdin.destroy()
  expect(await ended).toMatchObject({ exitCode: 0, stderr: '' })
})

it('a bundle that cannot be loaded ends the start, with the reason', async () => {
  const env = { DATA_DIR: used.dataFolder, MCP_CONFIG_FILE: '/nowhere' }
  const outcome = await openTerminal({ PORT: '0', ...env }).run('start')
  expect(outcome).toMatchObject({ exitCode: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^\/nowhere: there is no such file or folder/)
})

it('a port in use ends the start, in the words of the system', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const env = { DATA_DIR: used.dataFolder, PORT: String(address.port) }
  const outcome = await openTerminal(env).run('start')
  expect(outcome).toMatchObject({ exitCode: 1, stdout: '' })
  expect(outcome.stderr).toMatch(new RegExp(`^.*in use.*:${address.port}\n$`))
})

it('shows its metrics when a port was given for them, until it has ended', async () => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  probe.close()
  await once(probe, 'close')
  const env = { DATA_DIR: await createServedFolder(), METRICS_PORT: String(address.port) }
  const { terminal, ended, newToken, events } = await start(env)
  const url = `http://127.0.0.1:${address.port}/metrics`
  expect(await (await fetch(url)).text()).toContain('\nmcp_event_streams_open 0\n')
  const stream = await events(newToken)
  expect(await (await fetch(url)).text()).toContain('\nmcp_event_streams_open 1\n')
  terminal.interrupt()
  expect(await stream.text()).toContain('server.closing')
  expect((await ended).exitCode).toBe(0)
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

it('a wrong environment is told before anything is written', async () => {
  const DATA_DIR = await createFolder()
  const outcome = await openTerminal({ DATA_DIR, PORT: '-1', HOST: '' }).run('start')
  expect(outcome).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'Bad configuration:\n  PORT must be a whole number from 0 to 65535\n',
  })
  expect(await readdir(DATA_DIR)).toEqual([])
})

it('a fault of the product itself is not dressed up as a mistake of its user', async () => {
  const open = () => {
    throw new TypeError('a fault')
  }
  const terminal = openTerminal({ DATA_DIR: await createFolder() }, { open })
  await expect(terminal.run('start')).rejects.toThrow('a fault')
})
