/** A data folder with calls in its history, for commands that show them. */
import { v7 as uuidv7 } from 'uuid'
import type { Calls } from '../../src/calls/calls.js'
import { readConfig } from '../../src/config/config.js'
import type { CallRecord } from '../../src/domain/call.js'
import { startLocalAws } from '../../src/local-aws/local-aws.js'
import { createParts } from '../../src/parts.js'
import { silentLog } from '../../src/telemetry/telemetry.js'
import { builtFile } from '../support/built.js'
import { createTemporaryFolder } from './local-folder.js'

export interface History {
  /** What commands need to find it. */
  readonly env: Record<string, string>
  /** As a gateway on the same folder has them. */
  readonly calls: Calls
  stop(): Promise<void>
}

export async function openHistory(settings: Record<string, string> = {}): Promise<History> {
  const { folder: dataFolder, remove } = await createTemporaryFolder()
  const engine = await startLocalAws({ dataFolder, idleMs: 600_000, log: silentLog })
  const env = { DATA_DIR: dataFolder, ...settings }
  const server = { name: 'test', version: '1.2.3' }
  const parts = createParts(readConfig(env), { log: silentLog, server, built: builtFile('') })
  await parts.createTables()
  return {
    env,
    calls: parts.calls,
    stop: async () => {
      await parts.close()
      await engine.close()
      await remove()
    },
  }
}

/** A call that has ended; its id is of the time at which it began. */
export function aCall(change: Partial<CallRecord> = {}): CallRecord {
  const createdAt = change.createdAt ?? Date.now()
  return {
    endpointId: 'default',
    callId: `${uuidv7({ msecs: createdAt }).slice(0, -2)}00`,
    mcpType: 'tool',
    name: 'lookup',
    userId: 'ann',
    arguments: { city: 'Bern' },
    content: { content: [{ type: 'text', text: '21 °C' }] },
    status: 'completed',
    timeSpentMs: 12.4,
    bundleSha256: 'ab12',
    protocolVersion: '2026-07-28',
    createdAt,
    updatedAt: createdAt + 12,
    ...change,
  }
}

/** What stands in the lines that were printed, such as the ids at their ends. */
export function lastWords(stdout: string): string[] {
  return stdout.split('\n').flatMap((line) => line.split('  ').at(-1) || [])
}
