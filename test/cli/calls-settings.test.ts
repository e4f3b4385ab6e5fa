import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTerminal } from './program.js'
import { aCall, type History, openHistory } from './recorded-calls.js'

let history: History
beforeAll(async () => {
  history = await openHistory()
})
afterAll(() => history.stop())

const settings = (...args: string[]) => openTerminal(history.env).run('calls', 'settings', ...args)
const shown = async (...args: string[]) => (await settings(...args)).stdout

describe('calls settings', () => {
  it('shows how calls are recorded, and changes what is given and no more', async () => {
    const at = ['--endpoint', 'acme']
    expect(await shown(...at)).toBe('endpoint acme\nshards 1\nredact nothing\n')
    const redacted = await shown(...at, '--redact', '/password', '--redact', '/card/number')
    expect(redacted).toBe('endpoint acme\nshards 1\nredact /password\nredact /card/number\n')
    expect(await shown(...at, '--shards', '4')).toBe(redacted.replace('shards 1', 'shards 4'))
    expect(await shown(...at, '--redact', '')).toBe('endpoint acme\nshards 4\nredact (all)\n')
    expect(await shown(...at, '--no-redact')).toBe('endpoint acme\nshards 4\nredact nothing\n')
    expect(await shown('--endpoint', 'other')).toContain('shards 1\n')
  })

  it('takes out of the records of a gateway that runs what is to be redacted', async () => {
    const at = ['--endpoint', 'running']
    await settings(...at, '--redact', '/city')
    const call = aCall({ endpointId: 'running' })
    await history.calls.finish(call)
    expect(await history.calls.read('running', call.callId)).toMatchObject({
      arguments: { city: '[redacted]' },
    })
  })

  it('does not lose sight of calls: there are never fewer shards', async () => {
    const at = ['--endpoint', 'grown']
    await settings(...at, '--shards', '3')
    expect(await settings(...at, '--shards', '2')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'shards: must be at least 3: calls lie in as many already\n',
    })
    expect(await shown(...at)).toContain('shards 3\n')
  })
})
