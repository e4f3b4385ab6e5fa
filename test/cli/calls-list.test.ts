import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallRecord } from '../../src/domain/call.js'
import { toIso } from '../../src/domain/clock.js'
import { closedPipe, openTerminal } from './program.js'
import { aCall, type History, lastWords, openHistory } from './recorded-calls.js'

let history: History
beforeAll(async () => {
  history = await openHistory()
})
afterAll(() => history.stop())

const MINUTE_MS = 60_000

const list = (...args: string[]) => openTerminal(history.env).run('calls', 'list', ...args)

async function record(...changes: Partial<CallRecord>[]): Promise<CallRecord[]> {
  const calls = changes.map((change) => aCall(change))
  await Promise.all(calls.map((call) => history.calls.finish(call)))
  return calls
}

const idsOf = (calls: readonly (CallRecord | undefined)[]) =>
  calls.map((call) => call?.callId ?? '')

const sorted = (...ids: (string | undefined)[]) => ids.map(String).toSorted()

/** Of an endpoint, what its commands list. */
const listed = async (endpointId: string, ...args: string[]) =>
  lastWords((await list('--endpoint', endpointId, ...args)).stdout)

describe('calls list', () => {
  it('shows the newest first: time, status, duration, function, user and id', async () => {
    const endpointId = 'lines'
    const createdAt = Date.now() - MINUTE_MS
    const running = { status: 'in_process', content: undefined, timeSpentMs: 0 } as const
    const [one, two, three] = await record(
      { endpointId, createdAt },
      {
        endpointId,
        createdAt: createdAt + 1,
        mcpType: 'prompt',
        name: 'ask',
        userId: 'ben',
        status: 'timed_out',
        timeSpentMs: 61_234,
      },
      { endpointId, createdAt: createdAt + 2, ...running },
    )
    const outcome = await list('--endpoint', endpointId)
    expect(outcome).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [
        `${toIso(createdAt + 2)}  in_process             -  tool lookup  ann  ${three?.callId}\n`,
        `${toIso(createdAt + 1)}  timed_out         61.2 s  prompt ask  ben  ${two?.callId}\n`,
        `${toIso(createdAt)}  completed          12 ms  tool lookup  ann  ${one?.callId}\n`,
      ].join(''),
    })
  })

  it('shows those of one function, type, user or status, alone and together', async () => {
    const endpointId = 'filters'
    const [plain, prompt, bens, failed] = idsOf(
      await record(
        { endpointId },
        { endpointId, mcpType: 'prompt' },
        { endpointId, userId: 'ben' },
        { endpointId, name: 'docs://a b', mcpType: 'resource', status: 'failed' },
      ),
    )
    const of = async (...args: string[]) => (await listed(endpointId, ...args)).toSorted()
    expect(await of('--function', 'lookup')).toEqual(sorted(plain, prompt, bens))
    expect(await of('--function', 'lookup', '--type', 'prompt')).toEqual([prompt])
    expect(await of('--type', 'tool')).toEqual(sorted(plain, bens))
    expect(await of('--user', 'ben')).toEqual([bens])
    expect(await of('--status', 'failed')).toEqual([failed])
    expect(await of('--status', 'failed', '--function', 'docs://a b')).toEqual([failed])
    expect(await of('--type', 'tool', '--user', 'ann', '--status', 'completed')).toEqual([plain])
  })

  it('shows those of a time, said in full or as how long ago', async () => {
    const endpointId = 'times'
    const now = Date.now()
    const [old, recent] = idsOf(
      await record(
        { endpointId, createdAt: now - 180 * MINUTE_MS },
        { endpointId, createdAt: now - 30 * MINUTE_MS },
      ),
    )
    expect(await listed(endpointId, '--from', '1h')).toEqual([recent])
    expect(await listed(endpointId, '--to', '1h')).toEqual([old])
    expect(await listed(endpointId, '--from', '1d', '--to', '0s')).toEqual([recent, old])
    const exactly = toIso(now - 180 * MINUTE_MS)
    expect(await listed(endpointId, '--from', exactly, '--to', '2h')).toEqual([old])
    expect(await listed(endpointId, '--from', '4h', '--to', exactly)).toEqual([
      `no such call at endpoint ${endpointId}`,
    ])
  })

  it('says how to go on where there is more, and going on misses and repeats none', async () => {
    const endpointId = 'pages'
    const now = Date.now()
    const calls = await record(
      ...Array.from({ length: 7 }, (_, at) => ({ endpointId, createdAt: now - 1000 + at })),
    )
    const typed = ['--endpoint', endpointId, '--from', '1h', '--limit', '3']
    const seen: string[] = []
    let more: string[] = []
    for (let page = 1; page <= 3; page++) {
      const { stdout, stderr } = await list(...typed, ...more)
      seen.push(...lastWords(stdout))
      const [, hint] = /^There is more: add (--from \S+ --cursor \S+)\n$/.exec(stderr) ?? []
      expect(stderr === '').toBe(page === 3)
      more = hint?.split(' ') ?? []
      // What comes in meanwhile belongs to none of these pages.
      await record({ endpointId })
    }
    expect(seen).toEqual(idsOf(calls).toReversed())
  })

  it('finds a rare call behind many others', async () => {
    const endpointId = 'rare'
    const now = Date.now()
    const many = Array.from({ length: 300 }, (_, at) => ({ endpointId, createdAt: now + at }))
    await record(...many)
    const [rare] = idsOf(
      await record({ endpointId, createdAt: now - MINUTE_MS, status: 'cancelled' }),
    )
    expect(await listed(endpointId, '--status', 'cancelled', '--limit', '1')).toEqual([rare])
  })

  it('is one JSON object a line for programs, and nothing else', async () => {
    const endpointId = 'programs'
    const error = { code: 'FUNCTION_FAILED', message: 'no such city' }
    const [call] = await record({ endpointId, status: 'failed', error, sessionId: 's' })
    if (call === undefined) throw new Error('nothing was recorded')
    const { stdout, stderr } = await list('--endpoint', endpointId, '--json')
    expect([stderr, stdout.split('\n').length]).toEqual(['', 2])
    const { arguments: _arguments, content: _content, ...rest } = call
    expect(JSON.parse(stdout)).toEqual({
      ...rest,
      createdAt: toIso(call.createdAt),
      updatedAt: toIso(call.updatedAt),
    })
    expect((await list('--endpoint', 'nobody', '--json')).stdout).toBe('')
  })

  it('lets nothing that callers wrote reach the terminal raw', async () => {
    const endpointId = 'hostile'
    const name = 'docs://\u001b[2J\u009b\r\nforged line'
    await record({ endpointId, mcpType: 'resource', name, userId: 'ann\u202e' })
    const { stdout } = await list('--endpoint', endpointId)
    expect(stdout).toContain(String.raw`resource docs://\u001b[2J\u009b\u000d\u000aforged line`)
    expect(stdout).toContain(String.raw`  ann\u202e  `)
    expect(stdout.match(/\p{Cc}|\p{Cf}/gu)).toEqual(['\n'])
  })

  it('ends well when nobody reads on', async () => {
    const endpointId = 'unread'
    await record({ endpointId })
    const stdout = closedPipe()
    const terminal = openTerminal(history.env, { stdout })
    expect(await terminal.run('calls', 'list', '--endpoint', endpointId)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(stdout.destroyed).toBe(true)
  })
})

describe('a cursor', () => {
  it('is good for the endpoint and the question that it was given for', async () => {
    const now = Date.now()
    for (const endpointId of ['mine', 'yours'])
      await record({ endpointId, createdAt: now }, { endpointId, createdAt: now - 1 })
    const { stderr } = await list('--endpoint', 'mine', '--limit', '1')
    const [, cursor = ''] = /--cursor (\S+)/.exec(stderr) ?? []
    for (const other of [
      ['--endpoint', 'yours'],
      ['--endpoint', 'mine', '--user', 'ann'],
    ])
      expect(await list(...other, '--cursor', cursor)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: 'cursor: not one that this history has issued\n',
      })
  })
})
