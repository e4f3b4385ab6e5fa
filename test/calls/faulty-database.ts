/** Calls whose database can be made to fail, and what it holds of them in the end. */
import { expect } from 'vitest'
import { createAws } from '../../src/aws/aws.js'
import { createDynamoStateStore } from '../../src/aws/dynamo-state-store.js'
import type { Calls } from '../../src/calls/calls.js'
import { createDynamoCalls, type DynamoCallsOptions } from '../../src/calls/dynamo-calls.js'
import type { CallRecord } from '../../src/domain/call.js'
import { systemClock } from '../../src/domain/clock.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { startTestAws } from '../support/aws.js'
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { readCallRows, type StoredCall } from '../support/records.js'

export interface FaultyDatabase {
  readonly proxy: FaultProxy
  /** Calls that reach the database by way of the proxy. */
  open(change?: CallsChange): Calls
  /** Ends all that `open` has opened, by way of a database that is well again. */
  closeOpened(): Promise<void>
  /**
   * Each call that was acknowledged is there as it was, once, and nothing is left running.
   *
   * @returns what else is there: calls that were made and not acknowledged
   */
  check(endpointId: string, acknowledged: readonly CallRecord[]): Promise<StoredCall[]>
  stop(): Promise<void>
}

export type CallsChange = Partial<Omit<DynamoCallsOptions, 'aws' | 'state'>>

const CLOSE_TIMEOUT_MS = 10_000

export async function startFaultyDatabase(seed: number): Promise<FaultyDatabase> {
  const test = await startTestAws()
  const proxy = await startFaultProxy({ socketPath: test.socketPath, seed })
  const straight = openCalls(test.aws, {})
  const opened: (() => Promise<void>)[] = []
  return {
    proxy,
    open(change = {}) {
      const { bucket, tables } = test.aws
      const { requestHandler: _socket, ...identity } = test.client
      // What is to be seen is how the product tries again, not how the SDK does.
      const client = { ...identity, endpoint: proxy.url, maxAttempts: 1 }
      const aws = createAws({ bucket, tables, client })
      const calls = openCalls(aws, change)
      opened.push(async () => {
        await calls.close(CLOSE_TIMEOUT_MS)
        aws.close()
      })
      return calls
    },
    async closeOpened() {
      proxy.disturb({})
      proxy.comeBack()
      await Promise.all(opened.splice(0).map((close) => close()))
    },
    async check(endpointId, acknowledged) {
      const rows = await readCallRows(test.aws, endpointId)
      const left = new Map(rows.map((row) => [row.mcp_function_call_uuid, row]))
      for (const call of acknowledged) {
        const row = left.get(call.callId)
        if (row?.content === undefined)
          expect(await straight.read(endpointId, call.callId)).toEqual(call)
        else expect(toSaid(row)).toEqual(toSaid(toStored(call)))
        left.delete(call.callId)
      }
      const running = await straight.list({ endpointId, status: 'in_process', limit: 100 })
      expect(running.calls).toEqual([])
      return [...left.values()]
    },
    async stop() {
      await proxy.close()
      await test.stop()
    },
  }
}

function openCalls(aws: DynamoCallsOptions['aws'], change: CallsChange): Calls {
  const { clock = systemClock } = change
  const state = createDynamoStateStore({ aws, clock })
  return createDynamoCalls({ aws, state, retentionDays: 0, log: silentLog, ...change })
}

type Said = Pick<StoredCall, 'status' | 'arguments' | 'content'>

function toSaid({ status, arguments: asked, content }: Said): Said {
  return { status, arguments: asked ?? '', content: content ?? '' }
}

function toStored({ status, arguments: asked, content }: CallRecord): Said {
  return { status, arguments: JSON.stringify(asked), content: JSON.stringify(content) }
}
