import { parseArgs } from 'node:util'
import type { AuditEntry } from '../audit/audit.js'
import { systemClock } from '../domain/clock.js'
import { readWhole } from './arguments.js'
import { endOfReading } from './end-of-reading.js'
import { toPrintable, toPrintableJson } from './printable.js'
import type { Program } from './program.js'
import { readTime } from './typed-time.js'
import { atHome, HOME_OPTIONS, placeOf } from './users.js'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 1000
const PAGE = 100

/** Shows who did, or was refused, what: the newest first, a line each. */
export async function auditList(args: readonly string[], program: Program): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...HOME_OPTIONS,
      since: { type: 'string' },
      limit: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const since = readTime('since', values.since, systemClock.now())
  const limit = readWhole('limit', values.limit, { min: 1, max: MAX_LIMIT }) ?? DEFAULT_LIMIT
  const { stdout } = program
  endOfReading(stdout)
  await atHome(program, values, async ({ auditTrail }, home) => {
    const toText = values.json ? toPrintableJson : toLine
    let shown = 0
    let before: string | undefined
    while (shown < limit) {
      const query = { since, before, limit: Math.min(PAGE, limit - shown) }
      const page = await auditTrail.list(home, query)
      for (const entry of page) stdout.write(`${toText(entry)}\n`)
      shown += page.length
      before = page.at(-1)?.id
      if (before === undefined) break
    }
    if (shown === 0 && !values.json) stdout.write(`nothing happened ${placeOf({ home })}\n`)
  })
}

/** Time, who, what, to what, from where, how often, and what else is known. */
function toLine({ createdAt, actor, action, target, address, count, detail }: AuditEntry): string {
  return [
    createdAt,
    toPrintable(actor),
    action,
    toPrintable(target ?? '-'),
    toPrintable(address ?? '-'),
    ...(count > 1 ? [`${count} times`] : []),
    ...(detail === undefined ? [] : [toPrintableJson(detail)]),
  ].join('  ')
}
