/** What the suite printed about one leg, understood. */
import { stripVTControlCharacters } from 'node:util'

export interface LegReport {
  readonly passedChecks: number
  readonly failedChecks: number
  /** Scenario → how many of its checks passed. */
  readonly passedByScenario: ReadonlyMap<string, number>
  /** Entries of the expected failures that did fail. */
  readonly expectedFailures: readonly string[]
}

/** @throws Error when there is no summary: the suite broke off */
export function readReport(output: string): LegReport {
  const lines = stripVTControlCharacters(output).split('\n')
  const total = firstMatch(lines, /^Total: (\d+) passed, (\d+) failed$/)
  if (total === undefined) throw new Error('the suite ended without a summary')
  return {
    passedChecks: Number(total[1]),
    failedChecks: Number(total[2]),
    passedByScenario: new Map(
      matches(lines, /^[✓✗] (\S+): (\d+) passed, \d+ failed$/).map(([, name = '', count]) => [
        name,
        Number(count),
      ]),
    ),
    expectedFailures: matches(lines, /^ {2}~ (\S+)$/).map(([, entry = '']) => entry),
  }
}

/** The entries of a file of expected failures: `- scenario` or `- scenario:check-id`. */
export function readEntries(yaml: string): string[] {
  return matches(yaml.split('\n'), /^\s*- (\S+)/).map(([, entry = '']) => entry)
}

/**
 * What the suite itself lets pass: an entry that no leg saw fail (renamed, or mistyped), and a
 * scenario that had to pass but was excused, or never ran.
 *
 * @returns one sentence a problem
 */
export function listProblems(
  entries: readonly string[],
  reports: readonly LegReport[],
  mustPass: readonly string[],
): string[] {
  const failed = new Set(reports.flatMap(({ expectedFailures }) => expectedFailures))
  const stale = entries.filter((entry) => !failed.has(entry))
  const excused = entries.filter((entry) => mustPass.includes(entry.split(':', 1)[0] ?? ''))
  const unproven = mustPass.filter(
    (name) => !reports.some(({ passedByScenario }) => (passedByScenario.get(name) ?? 0) > 0),
  )
  return [
    ...stale.map((entry) => `${entry} is expected to fail, but no leg saw it fail: remove it`),
    ...excused.map((entry) => `${entry} must pass and may not be expected to fail`),
    ...unproven.map((name) => `${name} must pass, but no leg saw it pass`),
  ]
}

function firstMatch(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  return matches(lines, pattern)[0]
}

function matches(lines: readonly string[], pattern: RegExp): RegExpExecArray[] {
  return lines.map((line) => pattern.exec(line)).filter((match) => match !== null)
}
