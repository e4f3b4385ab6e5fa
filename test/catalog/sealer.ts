import type { Row } from '../../src/aws/rows.js'
import { createSealer, type Sealer } from '../../src/sealing/sealing.js'

/** Seals settings in tests. */
export const testSealer: Sealer = createSealer({
  secrets: [{ id: 'test', secret: 'a-secret-of-thirty-two-characters' }],
  purpose: 'settings/v1',
})

/** What is inside the setting row of an endpoint. */
export function opened(row: Row | undefined, sealer = testSealer): unknown {
  const context = `${String(row?.['endpoint_id'])}\n${String(row?.['setting_id'])}`
  const json = sealer.open(String(row?.['setting']), context)
  return json === undefined ? undefined : JSON.parse(json)
}
