import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toIso } from '../../src/domain/clock.js'
import { closedPipe, openTerminal } from './program.js'
import { aCall, type History, openHistory } from './recorded-calls.js'

let history: History
beforeAll(async () => {
  history = await openHistory()
})
afterAll(() => history.stop())

const show = (...args: string[]) => openTerminal(history.env).run('calls', 'show', ...args)

describe('calls show', () => {
  it('shows everything of a call, with its arguments and content', async () => {
    const call = aCall({
      status: 'failed',
      error: { code: 'FUNCTION_FAILED', message: 'no such city' },
      sessionId: 's1',
      conversationId: 'c1',
      traceId: 't1',
    })
    await history.calls.finish(call)
    const { createdAt, updatedAt, callId } = call
    const outcome = await show(callId.toUpperCase())
    expect(outcome).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `call          ${callId}
endpoint      default
function      tool lookup
user          ann
status        failed
error         FUNCTION_FAILED: no such city
began         ${toIso(createdAt)}
last written  ${toIso(updatedAt)}
duration      12 ms
bundle        ab12
protocol      2026-07-28
session       s1
conversation  c1
trace         t1
arguments
{
  "city": "Bern"
}
content
{
  "content": [
    {
      "type": "text",
      "text": "21 °C"
    }
  ]
}
`,
    })
  })

  it('is one JSON object for programs, a large one too', async () => {
    const call = aCall({ content: { text: 'x'.repeat(100_000) }, arguments: undefined })
    await history.calls.finish(call)
    const { stdout } = await show(call.callId, '--json')
    const { createdAt, updatedAt, arguments: _arguments, ...rest } = call
    const times = { createdAt: toIso(createdAt), updatedAt: toIso(updatedAt) }
    expect(JSON.parse(stdout)).toEqual({ ...rest, ...times })
    expect((await show(call.callId)).stdout).not.toContain('\narguments\n')
  })

  it('says of a call that runs when it has to have ended', async () => {
    const deadline = Date.now() + 60_000
    const call = aCall({ status: 'in_process', content: undefined, deadline })
    await history.calls.finish(call)
    const { stdout } = await show(call.callId)
    expect(stdout).toContain(`\nends until    ${toIso(deadline)}\nduration      -\n`)
    expect(JSON.parse((await show(call.callId, '--json')).stdout)).toMatchObject({
      deadline: toIso(deadline),
    })
  })

  it('lets nothing that was said in the call reach the terminal raw', async () => {
    const said = 'a\u001b]0;title\u0007\n\u009b1m\u202e'
    const error = { code: 'FUNCTION_FAILED', message: said }
    const call = aCall({ arguments: { [said]: said }, content: said, error, userId: said })
    await history.calls.finish(call)
    for (const args of [[call.callId], [call.callId, '--json']]) {
      const { stdout } = await show(...args)
      expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cf}/u)
      expect(stdout).toContain(String.raw`a\u001b]0;title`)
    }
  })

  it('shows no call of another endpoint, and none that there is not', async () => {
    const call = aCall({ endpointId: 'acme' })
    await history.calls.finish(call)
    for (const id of [call.callId, 'x\u001b[2J'])
      expect(await show(id)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `no call ${id.replace('\u001b', String.raw`\u001b`)} at endpoint default\n`,
      })
    expect((await show(call.callId, '--endpoint', 'acme')).exitCode).toBe(0)
  })

  it('ends well when nobody reads on', async () => {
    const call = aCall()
    await history.calls.finish(call)
    const stdout = closedPipe()
    const terminal = openTerminal(history.env, { stdout })
    expect(await terminal.run('calls', 'show', call.callId)).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
    expect(stdout.destroyed).toBe(true)
  })
})
