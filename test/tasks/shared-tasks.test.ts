import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis } from '../support/redis.js'
import { startTwoGateways, type TwoGateways } from '../support/two-gateways.js'
import { named, readCall, taskClient, type TaskClient } from './task-client.js'

/** Two that tell each other nothing: the database alone leads from one to the other. */
async function startSilentTwo(): Promise<TwoGateways> {
  const first = await startTestGateway()
  const second = await startTestGateway({ sharing: first })
  const stop = async () => {
    await second.stop()
    await first.stop()
  }
  return { first, second, stop }
}

/** On machines that are busy with others. */
const eventually = <Found>(look: () => Promise<Found>) => vi.waitFor(look, 20_000)

/** Where the database alone tells of a cancel it takes up to ten seconds. */
const sideBySide = { concurrent: true }

describe.each([
  ['that share nothing but the database', false, startSilentTwo],
  ['that hear each other', true, startTwoGateways],
] as const)('two instances %s', sideBySide, (_name, needsRedis, startTwo) => {
  describe.runIf(!needsRedis || hasRedis)('serve one task', () => {
    let both: TwoGateways
    let running: TestGateway
    /** Of the instance where the functions run. */
    let here: TaskClient
    let there: TaskClient
    beforeAll(async () => {
      both = await startTwo()
      running = both.first
      await running.publish('task_tools')
      const token = await running.tokenFor('ann')
      here = taskClient(running.url, { token })
      there = taskClient(both.second.url, { token })
      // Once the process for functions runs, each answers at once.
      await notes('')
    })
    afterAll(() => both.stop())

    const notes = async (key: string) =>
      (await here.call('notes', { key })).result.structuredContent?.['notes']

    it('that each of them shows, while it runs and when it has ended', async () => {
      const key = randomUUID()
      const taskId = await here.begin('gated', { key })
      expect(await there.get(taskId)).toMatchObject({ status: 'working' })
      await here.call('open', { key })
      const done = await there.until(taskId, 'completed')
      expect(done).toEqual(await here.get(taskId))
      expect(await readCall(there, taskId)).toEqual(await readCall(here, taskId))
    })

    it('that is answered through the other one', async () => {
      const taskId = await here.begin('both')
      await eventually(async () =>
        expect(Object.keys((await there.get(taskId)).inputRequests ?? {})).toHaveLength(2),
      )
      await there.update(taskId, { first: named('Ann') })
      expect(Object.keys((await here.get(taskId)).inputRequests ?? {})).toEqual(['second'])
      await there.update(taskId, { second: named('Bea') })
      expect((await there.until(taskId, 'completed')).result).toMatchObject({
        structuredContent: { names: ['Ann', 'Bea'] },
      })
    })

    it('that is answered through both at once', async () => {
      const taskId = await here.begin('both')
      await eventually(async () =>
        expect(Object.keys((await there.get(taskId)).inputRequests ?? {})).toHaveLength(2),
      )
      await Promise.all([
        here.update(taskId, { first: named('Ann') }),
        there.update(taskId, { second: named('Bea') }),
      ])
      await there.until(taskId, 'completed')
    })

    it('that is cancelled through the other one, and whose function is told', async () => {
      const key = randomUUID()
      const taskId = await here.begin('gated', { key })
      await eventually(async () => expect(await notes(key)).toEqual(['began']))
      await there.cancel(taskId)
      expect(await here.get(taskId)).toMatchObject({ status: 'cancelled' })
      await eventually(async () => expect(await notes(key)).toEqual(['began', 'aborted']))
      await eventually(async () =>
        expect(
          (await readStoredCalls(running.dataFolder)).find(
            (call) => call.mcp_function_call_uuid === taskId,
          ),
        ).toMatchObject({ status: 'cancelled' }),
      )
    })

    it('that is answered and cancelled at once, and ends one way everywhere', async () => {
      for (let round = 0; round < 5; round++) {
        const taskId = await here.begin('confirm')
        await there.until(taskId, 'input_required')
        await Promise.all([here.update(taskId, { user: named('Ann') }), there.cancel(taskId)])
        const { status } = await eventually(async () => {
          const task = await here.get(taskId)
          expect(task.status).toMatch(/completed|cancelled/)
          return task
        })
        await eventually(async () =>
          expect(await readCall(there, taskId)).toMatchObject({ status }),
        )
        expect(await there.get(taskId)).toMatchObject({ status })
      }
    })
  })
})
