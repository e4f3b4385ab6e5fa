import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { modernPost } from '../support/modern-post.js'
import { serveFolder } from './local-folder.js'
import { closedPipe, openTerminal, type Terminal } from './program.js'

let folder: Awaited<ReturnType<typeof serveFolder>>
let gateway: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  folder = await serveFolder()
  gateway = await start('0')
})
afterAll(async () => {
  await gateway.stop()
  await folder.stop()
})

/** `mcp-daemon start` with the demo bundle, once it has said where; no call of it is long. */
async function start(port: string) {
  const env = { DATA_DIR: folder.dataFolder, PORT: port, EXECUTOR: 'worker' }
  const terminal = openTerminal({
    ...env,
    RECORD_START_AFTER_MS: '600000',
    DRAIN_TIMEOUT_MS: '1000',
  })
  const said = once(terminal.stdout, 'data')
  const ended = terminal.run('start')
  const banner = String(await Promise.race([said, ended.then(({ stderr }) => stderr)]))
  const [, url = banner] = /listens on (http:\S+)\n/.exec(banner) ?? []
  const stop = async () => {
    terminal.interrupt()
    await ended
  }
  return { url, port: new URL(url).port, stop }
}

async function tokenOf(...args: string[]): Promise<string> {
  const { stdout } = await openTerminal({ DATA_DIR: folder.dataFolder }).run('token', ...args)
  return stdout.trim()
}

/** What another client of the user does; the tail hears of it. */
async function echo(text: string, token?: string): Promise<void> {
  const post = modernPost(
    'tools/call',
    { name: 'echo', arguments: { text } },
    token ?? (await tokenOf()),
  )
  const response = await fetch(new URL('/default/mcp', gateway.url), post)
  expect(await response.text()).toContain(text)
}

interface Tail {
  readonly stdout: () => string
  readonly stderr: () => string
  /** What it has said when it was interrupted. */
  readonly interrupt: () => ReturnType<Terminal['run']>
  readonly ended: ReturnType<Terminal['run']>
}

/** @param url of a gateway; what is told from here on is heard */
async function startTail(
  url: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Tail> {
  const terminal = openTerminal({ DATA_DIR: folder.dataFolder, ...env })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    terminal[name].on('data', (chunk) => {
      said[name] += String(chunk)
    })
  const ended = terminal.run('events', 'tail', '--url', url, ...args)
  const interrupt = () => {
    terminal.interrupt()
    return ended
  }
  onTestFinished(async () => {
    await interrupt()
  })
  const tail = { stdout: () => said.stdout, stderr: () => said.stderr, interrupt, ended }
  await until(() => tail.stderr().includes('Ctrl+C ends this\n'))
  return tail
}

function until(isSo: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 20_000, interval: 20 })
}

describe('events tail', () => {
  it('prints a call that another client makes, until it is interrupted', async () => {
    const tail = await startTail(gateway.url)
    await echo('tea')
    await until(() => tail.stdout() !== '')
    expect(await tail.interrupt()).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^\d{4}-\S+Z  call\.completed       tool echo  completed  [\d.]+ m?s  [\da-f-]{36}\n$/,
      ),
      stderr: `Events of endpoint default at ${gateway.url}, as they happen; Ctrl+C ends this\n`,
    })
  })

  it('prints what is asked for, of the user whose token it has, as JSON for programs', async () => {
    const ben = await tokenOf('--user', 'ben')
    const args = ['--json', '--types', 'call.completed']
    const tail = await startTail(gateway.url, args, { MCP_TOKEN: ben })
    await echo("the operator's")
    await echo('mine', ben)
    await until(() => tail.stdout() !== '')
    const { stdout } = await tail.interrupt()
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({
        id: expect.stringMatching(/^\d+-\d+\.\d+-\d+$/),
        type: 'call.completed',
        result: expect.objectContaining({ content: [{ type: 'text', text: 'mine' }] }),
      }),
    ])
  })

  it('comes back when the gateway does, and tells of the gap', async () => {
    const tail = await startTail(gateway.url)
    await gateway.stop()
    await until(() => tail.stderr().includes('trying again\n'))
    gateway = await start(gateway.port)
    await until(() => tail.stdout().includes('  gap  '))
    await echo('again')
    await until(() => tail.stdout().includes('  call.completed  '))
    const { exitCode, stdout, stderr } = await tail.interrupt()
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/Z {2}server\.closing {7}this server stops/)
    expect(stderr.split('\n').slice(1)).toEqual([
      'The connection was cut (the server ended it): trying again',
      'Connected again',
      '',
    ])
  })

  it("ends with the gateway's words when it is refused", async () => {
    const run = (args: string[], env = {}) => {
      const terminal = openTerminal({ DATA_DIR: folder.dataFolder, ...env })
      return terminal.run('events', 'tail', '--url', gateway.url, ...args)
    }
    expect(await run([], { MCP_TOKEN: 'wrong' })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^http:\S+: it answered 401: .*token.*\n$/),
    })
    const bens = { MCP_TOKEN: await tokenOf('--user', 'ben', '--endpoint', 'elsewhere') }
    expect((await run([], bens)).stderr).toMatch(/: it answered 403: .+\n$/)
    expect((await run(['--types', 'moon.rose'])).stderr).toMatch(
      /: it answered 400: types: expected a list of call\.started, .*\n$/,
    )
  })

  it('ends when nobody reads on', async () => {
    const terminal = openTerminal({ DATA_DIR: folder.dataFolder }, { stdout: closedPipe() })
    const ended = terminal.run('events', 'tail', '--url', gateway.url)
    await once(terminal.stderr, 'data')
    await echo('unread')
    expect(await ended).toMatchObject({ exitCode: 0 })
  })
})

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A server that answers one request after the other in these ways. */
async function answering(...answers: readonly Answer[]) {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const answer = answers[seen.length]
    seen.push(request.headers['last-event-id']?.toString())
    answer?.(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base` }
}

const streamOf =
  (text: string, isCut = false): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`retry: 1\n\n${text}`, () => isCut && response.destroy())
  }
const refusalOf =
  (status: number, body: string, headers = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body)

describe('events tail of a gateway in trouble', () => {
  it('comes back with the last id, however often it takes, and says cut and back once', async () => {
    const { url, seen } = await answering(
      streamOf('id: 1\nevent: a\ndata: 1\n\nid: 2\ndata: half of an event\n', true),
      refusalOf(503, 'busy', { 'retry-after': '0' }),
      (response) => response.destroy(),
      streamOf('id: 2\nevent: b\ndata: 2\n\n'),
    )
    const tail = await startTail(url)
    await until(() => tail.stdout().includes('b  2\n'))
    const { stdout, stderr } = await tail.interrupt()
    expect(stdout).toBe('a  1\nb  2\n')
    expect(seen).toEqual([undefined, '1', '1', '1'])
    expect(stderr.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^The connection was cut \(.+\): trying again$/),
      'Connected again',
      '',
    ])
  })

  it('ends when its token is over, and prints no words that move a cursor', async () => {
    const { url } = await answering(
      streamOf('', true),
      refusalOf(401, JSON.stringify({ error: { message: 'over\u001b[2J' } })),
    )
    const { ended } = await startTail(url)
    const { exitCode, stderr } = await ended
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/: it answered 401: over\\u001b\[2J\n$/)
  })

  it('takes its token nowhere else, and no page for a stream', async () => {
    const { url, seen } = await answering(
      refusalOf(302, '', { location: '/elsewhere' }),
      refusalOf(200, '<html>', { 'content-type': 'text/html' }),
    )
    const run = () =>
      openTerminal({ DATA_DIR: folder.dataFolder }).run('events', 'tail', '--url', url)
    expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('302') })
    expect(seen).toHaveLength(1)
    expect((await run()).stderr).toContain('something else than an event stream')
  })

  it('ends at an event that is larger than any of a gateway', async () => {
    const { url } = await answering(streamOf(`id: 1\n\ndata: ${'x'.repeat(5 * 1024 * 1024)}`))
    const { ended } = await startTail(url)
    const { exitCode, stderr } = await ended
    expect(exitCode).toBe(1)
    expect(stderr).toContain('a line of more than 4194304 characters')
  })
})
