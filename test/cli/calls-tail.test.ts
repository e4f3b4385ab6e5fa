import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Program } from '../../src/cli/program.js'
import { closedPipe, openGateway, openTerminal, type Terminal } from './program.js'
import { aCall, type History, lastWords, openHistory } from './recorded-calls.js'

let history: History
beforeAll(async () => {
  history = await openHistory()
})
afterAll(() => history.stop())

interface Tail {
  readonly stdout: () => string
  readonly stderr: () => string
  readonly interrupt: () => void
  readonly ended: ReturnType<Terminal['run']>
}

/** Follows from here on: what has ended before is not shown. */
async function startTail(args: readonly string[], faults: Partial<Program> = {}): Promise<Tail> {
  const terminal = openTerminal(history.env, faults)
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    terminal[name].on('data', (chunk) => {
      said[name] += String(chunk)
    })
  const ended = terminal.run('calls', 'tail', ...args)
  await vi.waitFor(() => expect(said.stderr).toContain('Ctrl+C ends this\n'), { timeout: 10_000 })
  const { interrupt } = terminal
  return { stdout: () => said.stdout, stderr: () => said.stderr, interrupt, ended }
}

/** Ends one more call, and waits until it is told: whatever was to be told before is. */
async function tellOneMore(tail: Tail, endpointId: string): Promise<string> {
  const call = aCall({ endpointId, name: 'one-more' })
  await history.calls.finish(call)
  await vi.waitFor(() => expect(tail.stdout()).toContain(call.callId), { timeout: 10_000 })
  return call.callId
}

describe('calls tail', () => {
  it('prints each call once when it has ended, in any process, until it is interrupted', async () => {
    const endpointId = 'followed'
    await history.calls.finish(aCall({ endpointId, name: 'before' }))
    const open = history.calls.open(endpointId)
    const { callId, createdAt } = open
    const long = aCall({ endpointId, callId, createdAt, name: 'long\u001b[2J' })
    open.describe(() => ({ ...long, status: 'in_process' }))
    const tail = await startTail(['--endpoint', endpointId])
    const first = await tellOneMore(tail, endpointId)
    await open.end({ ...long, timeSpentMs: 2345 })
    const last = await tellOneMore(tail, endpointId)
    const again = await tellOneMore(tail, endpointId)
    tail.interrupt()
    expect(await tail.ended).toMatchObject({
      exitCode: 0,
      stderr: `Calls of endpoint ${endpointId}, as they end; Ctrl+C ends this\n`,
    })
    expect(lastWords(tail.stdout()).toSorted()).toEqual([callId, first, last, again].toSorted())
    expect(tail.stdout()).toContain(
      String.raw`  completed          2.3 s  tool long\u001b[2J  ann  `,
    )
  })

  it('prints what is asked for, as JSON for programs', async () => {
    const endpointId = 'asked-for'
    const tail = await startTail(['--endpoint', endpointId, '--user', 'ben', '--json'])
    const bens = aCall({ endpointId, userId: 'ben' })
    await history.calls.finish(aCall({ endpointId, userId: 'ann' }))
    await history.calls.finish(bens)
    await vi.waitFor(() => expect(tail.stdout()).not.toBe(''), { timeout: 10_000 })
    tail.interrupt()
    await tail.ended
    const lines = tail.stdout().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ callId: bens.callId, userId: 'ben', status: 'completed' }),
    ])
  })

  it('goes on when the history could not be read for a moment, and says so once', async () => {
    const endpointId = 'interrupted'
    let failures = 0
    const open: Program['open'] = (config, options) => {
      const gateway = openGateway(config, options)
      const { calls } = gateway
      const list: typeof calls.list = (query) => {
        if (failures === 0) return calls.list(query)
        failures -= 1
        return Promise.reject(Object.assign(new Error('no answer'), { $metadata: {} }))
      }
      return { ...gateway, calls: { ...calls, list } }
    }
    const tail = await startTail(['--endpoint', endpointId], { open })
    failures = 4
    await tellOneMore(tail, endpointId)
    tail.interrupt()
    const { exitCode, stderr } = await tail.ended
    expect(exitCode).toBe(0)
    expect(stderr.match(/no answer: trying again\n/g)).toHaveLength(1)
  })

  it('ends when nobody reads on', async () => {
    const endpointId = 'unread'
    const terminal = openTerminal(history.env, { stdout: closedPipe() })
    const ended = terminal.run('calls', 'tail', '--endpoint', endpointId)
    await once(terminal.stderr, 'data')
    await history.calls.finish(aCall({ endpointId }))
    expect(await ended).toMatchObject({ exitCode: 0 })
  })
})
