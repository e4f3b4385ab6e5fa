import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestGateway, type TestGateway } from '../support/gateway.js'
import { readStoredCalls } from '../support/records.js'
import { hasRedis, startTestRedis, type TestRedis } from '../support/redis.js'
import { named, readCall, taskClient, type TaskClient } from './task-client.js'

describe.each([
  ['that share nothing but the database', false],
  ['that hear each other', true],
] as const)('two instances %s', (_name, needsRedis) => {
  describe.runIf(!needsRedis || hasRedis)('serve one task', () => {
    let redis: TestRedis | undefined
    let running: TestGateway
    let other: TestGateway
    /** Of the instance where the functions run. */
    let here: TaskClient
    let there: TaskClient
    let key: string
    beforeAll(async () => {
      redis = needsRedis ? await startTestRedis() : undefined
      const env = redis && { REDIS_URL: redis.url }
      running = await startTestGateway(env && { env })
      other = await startTestGateway({ sharing: running, ...(env && { env }) })
      await running.publish('task_tools')
      const token = await running.tokenFor('ann')
      here = taskClient(running.url, { token })
      there = taskClient(other.url, { token })
    })
    afterAll(async () => {
      await other.stop()
      await running.stop()
      await redis?.stop()
    })
    beforeEach(() => {
      key = randomUUID()
    })

    const notes = async () =>
      (await here.call('notes', { key })).result.structuredContent?.['notes']

    it('that each of them shows, while it runs and when it has ended', async () => {
      const taskId = await here.begin('gated', { key })
      expect(await there.get(taskId)).toMatchObject({ status: 'working' })
      await here.call('open', { key })
      const done = await there.until(taskId, 'completed')
      expect(done).toEqual(await here.get(taskId))
      expect(await readCall(there, taskId)).toEqual(await readCall(here, taskId))
    })

    it('that is answered through the other one', async () => {
      const taskId = await here.begin('both')
      await vi.waitFor(async () =>
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
      await vi.waitFor(async () =>
        expect(Object.keys((await there.get(taskId)).inputRequests ?? {})).toHaveLength(2),
      )
      await Promise.all([
        here.update(taskId, { first: named('Ann') }),
        there.update(taskId, { second: named('Bea') }),
      ])
      await there.until(taskId, 'completed')
    })

    it('that is cancelled through the other one, and whose function is told', async () => {
      const taskId = await here.begin('gated', { key })
      await vi.waitFor(async () => expect(await notes()).toEqual(['began']))
      await there.cancel(taskId)
      expect(await here.get(taskId)).toMatchObject({ status: 'cancelled' })
      await vi.waitFor(async () => expect(await notes()).toEqual(['began', 'aborted']), 20_000)
      await vi.waitFor(async () =>
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
        const { status } = await vi.waitFor(async () => {
          const task = await here.get(taskId)
          expect(task.status).toMatch(/completed|cancelled/)
          return task
        })
        await vi.waitFor(async () =>
          expect(await readCall(there, taskId)).toMatchObject({ status }),
        )
        expect(await there.get(taskId)).toMatchObject({ status })
      }
    })
  })
})
