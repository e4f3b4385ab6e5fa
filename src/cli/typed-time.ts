import { z } from 'zod'
import { UsageError } from './usage-error.js'

const BACK = /^(\d{1,6})([smhd])$/
const UNIT_MS = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

const Day = z.iso.date()
const MOMENT = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/

/**
 * @param text ISO 8601, in UTC unless it says otherwise, or how long ago: `15m`, `2h`, `3d`
 * @param now milliseconds since 1970, as what is returned
 */
export function readTime(flag: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = BACK.exec(text) ?? []
  const unitMs = UNIT_MS.get(unit ?? '')
  if (unitMs !== undefined) return now - Number(count) * unitMs
  const [, day, time = 'T00:00', zone = 'Z'] = MOMENT.exec(text) ?? []
  const moment = Date.parse(`${day}${time}${zone}`)
  // A day that the calendar has not would be taken for one of the next month.
  if (Day.safeParse(day).success && !Number.isNaN(moment)) return moment
  throw new UsageError(
    `--${flag}: expected a time such as 2026-01-31T12:00Z, or how long ago, such as 15m, 2h or 3d`,
  )
}
