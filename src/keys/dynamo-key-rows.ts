/** Lists the keys of one home: rows of the state store, by what their sort key begins with. */
import { z } from 'zod'
import type { Aws } from '../aws/aws.js'
import { readPartition } from '../aws/rows.js'
import { stateKey } from '../aws/table-keys.js'
import type { Clock } from '../domain/clock.js'
import { keyRow, toApiKey } from './key-row.js'
import type { KeyRows } from './keys.js'

const Listed = z.object({ state_key: z.string(), value: z.string(), expires_at_ms: z.number() })

export function createDynamoKeyRows(
  { db, tables }: Pick<Aws, 'db' | 'tables'>,
  clock: Clock,
): KeyRows {
  return {
    list: async (home) => {
      const prefix = stateKey(keyRow(home, '')).state_key
      const rows = await readPartition(db, {
        tableName: tables.state,
        endpointId: home,
        sortKey: { name: 'state_key', prefix },
      })
      return Listed.array()
        .parse(rows)
        .filter((row) => row.expires_at_ms > clock.now())
        .map((row) => {
          const stored = { value: JSON.parse(row.value), expiresAt: row.expires_at_ms }
          const id = row.state_key.slice(prefix.length)
          return toApiKey({ endpointId: home, id }, stored).key
        })
    },
  }
}
