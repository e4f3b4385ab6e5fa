/** What the suite printed about one leg, understood. */
import { stripVTControlCharacters } from 'node:util'

export interface LegReport {
  readonly passedChecks: number
  readonly failedChecks: number
  readonly failedScenarios: readonly string[]
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
    failedScenarios: matches(lines, /^✗ (\S+): /).map(([, scenario = '']) => scenario),
    expectedFailures: matches(lines, /^ {2}~ (\S+)$/).map(([, entry = '']) => entry),
  }
}

/** The entries of a file of expected failures: `- scenario` or `- scenario:check-id`. */
export function readEntries(yaml: string): string[] {
  return matches(yaml.split('\n'), /^\s*- (\S+)/).map(([, entry = '']) => entry)
}

/**
 * What the suite itself lets pass: a leg in which nothing was checked, failures in scenarios that
 * do not count for the leg's revision, and an entry that no leg saw fail (renamed, or mistyped).
 *
 * @param reports by the name of their leg
 * @returns one sentence a problem
 */
export function listProblems(
  entries: readonly string[],
  reports: ReadonlyMap<string, LegReport>,
): string[] {
  const announced = new Set(entries.map((entry) => entry.split(':', 1)[0]))
  const failed = new Set([...reports.values()].flatMap(({ expectedFailures }) => expectedFailures))
  const problems: string[] = []
  for (const [leg, { passedChecks, failedScenarios }] of reports) {
    if (passedChecks === 0) problems.push(`${leg}: nothing passed, did it run?`)
    for (const scenario of failedScenarios)
      if (!announced.has(scenario)) problems.push(`${leg}: ${scenario} failed`)
  }
  for (const entry of entries)
    if (!failed.has(entry))
      problems.push(`${entry} is expected to fail, but no leg saw it fail: remove it`)
  return problems
}

function firstMatch(lines: readonly string[], pattern: RegExp): RegExpExecArray | undefined {
  return matches(lines, pattern)[0]
}

function matches(lines: readonly string[], pattern: RegExp): RegExpExecArray[] {
  return lines.map((line) => pattern.exec(line)).filter((match) => match !== null)
}
