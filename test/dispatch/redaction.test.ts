import { createHash, randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../src/telemetry/telemetry.js'
import { openTerminal } from '../cli/program.js'
import { readEverythingStored } from '../support/everything-stored.js'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { modernPost } from '../support/modern-post.js'
import { taskClient, type TaskClient } from '../tasks/task-client.js'

const logged: string[] = []
const write = (fields: object, message: string) =>
  void logged.push(`${message} ${inspect(fields, { depth: 20, maxStringLength: null })}`)
const log: Log = { debug: write, info: write, warn: write, error: write }

let test: TestGateway
let ann: TaskClient
beforeAll(async () => {
  const env = { EXECUTOR: 'worker', RECORD_START_AFTER_MS: '10' }
  test = await startTestGateway({ env, log })
  await test.publish('secret_tools')
  ann = taskClient(test.url, { token: await test.tokenFor('ann') })
})
afterAll(() => test.stop())

let secret = ''
beforeEach(() => {
  secret = `swordfish-${randomUUID()}`
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

async function newestCall() {
  const { calls } = await test.parts.calls.list({ endpointId: 'default', limit: 1 })
  return calls[0]?.callId ?? ''
}

/** What a command shows of the calls, one of them with everything. */
async function shown(callId: string): Promise<string> {
  const said = []
  for (const args of [['list'], ['list', '--json'], ['show', callId], ['show', callId, '--json']]) {
    const { exitCode, stdout } = await openTerminal({ DATA_DIR: test.dataFolder }).run(
      'calls',
      ...args,
    )
    expect(exitCode).toBe(0)
    said.push(stdout)
  }
  return said.join('')
}

/** @param callId looked for, so that this cannot pass for want of a record */
async function expectNowhere(callId: string): Promise<void> {
  const stored = await readEverythingStored(test.dataFolder)
  for (const text of [stored, await shown(callId)]) {
    expect(text).toContain(callId)
    expect(text).toContain('[redacted]')
    expect(text).not.toContain(secret)
  }
  expect(logged.join('\n')).not.toContain(secret)
}

describe('what a function has redacted', () => {
  it('reaches the function, and no record, no command and no log line', async () => {
    const cards = [{ number: secret, kind: 'debit' }, { number: 'public' }]
    const { result } = await ann.call('sign_in', { user: 'ann', password: secret, cards })
    expect(result.structuredContent).toEqual({
      password: sha256(secret),
      cards: [sha256(secret), sha256('public')],
    })
    const callId = await newestCall()
    await expectNowhere(callId)
    expect((await test.parts.calls.read('default', callId))?.arguments).toEqual({
      user: 'ann',
      password: '[redacted]',
      cards: [{ number: '[redacted]', kind: 'debit' }, { number: 'public' }],
    })
  })

  it('is not in the bucket either, where the rest of a large call lies', async () => {
    await ann.call('sign_in', { user: 'x'.repeat(40_000), password: secret })
    const callId = await newestCall()
    expect((await test.parts.calls.read('default', callId))?.arguments).toMatchObject({
      password: '[redacted]',
    })
    await expectNowhere(callId)
  })

  it('is not kept when it was refused, or the function threw', async () => {
    const refused = [
      { password: secret },
      { user: 'ann', password: `${secret}${'x'.repeat(100)}` },
      { user: 'ann', password: [secret] },
      { user: 'nobody', password: secret },
    ]
    for (const args of refused) {
      const { result } = await ann.call('sign_in', args)
      expect(result.isError).toBe(true)
      await expectNowhere(await newestCall())
    }
    expect(logged.join('\n')).toContain('no user nobody')
  })

  it('is not in what is kept of a call in the background, while it runs and after it', async () => {
    await test.parts.calls.changeSettings('default', { redact: ['/token'] })
    const callId = await ann.begin('sign_in_later', { password: secret, token: secret })
    await expect
      .poll(async () => (await test.parts.calls.read('default', callId))?.status)
      .toBe('in_process')
    await expectNowhere(callId)
    await ann.call('go_on')
    const { result } = await ann.until(callId, 'completed')
    expect(result?.structuredContent).toEqual({ password: sha256(secret), token: sha256(secret) })
    await expectNowhere(callId)
    expect((await test.parts.calls.read('default', callId))?.arguments).toEqual({
      password: '[redacted]',
      token: '[redacted]',
    })
  })

  it('of a prompt is left out of its records too', async () => {
    const token = await test.tokenFor('ann')
    const params = { name: 'unlock', arguments: { pin: secret } }
    const post = modernPost('prompts/get', params, token)
    const answer = await (await fetch(`${test.url}/default/mcp`, post)).text()
    expect(answer).toContain(sha256(secret))
    await expectNowhere(await newestCall())
  })
})
