import { describe, expect, it } from 'vitest'
import { listProblems, readEntries, readReport } from './report.js'

const printed = `=== SUMMARY ===
✓ ping: 2 passed, 0 failed
✗ tools-list: 0 passed, 1 failed

Total: 2 passed, 1 failed

\u001B[33mExpected failures (in baseline):\u001B[0m
  ~ tools-list
  ~ caching:ttl
`

describe('the report of a conformance leg', () => {
  it('says how many checks passed, in all and in each scenario, and what was expected to fail', () => {
    const report = readReport(printed)
    expect(report).toMatchObject({ passedChecks: 2, failedChecks: 1 })
    expect([...report.passedByScenario]).toEqual([
      ['ping', 2],
      ['tools-list', 0],
    ])
    expect(report.expectedFailures).toEqual(['tools-list', 'caching:ttl'])
  })

  it('is refused when the suite broke off before its summary', () => {
    expect(() => readReport('Running all suite (65 scenarios)\n')).toThrow('without a summary')
  })
})

describe('the list of expected failures', () => {
  const reports = [readReport(printed)]

  it('is accepted when every entry failed and everything that must pass passed', () => {
    const entries = readEntries('server:\n  # why\n  - tools-list\n  - caching:ttl # one check\n')
    expect(entries).toEqual(['tools-list', 'caching:ttl'])
    expect(listProblems(entries, reports, ['ping'])).toEqual([])
  })

  it('is refused for an entry that no leg saw fail', () => {
    expect(listProblems(['pong'], reports, [])).toEqual([expect.stringContaining('pong')])
  })

  it('is refused for excusing what must pass, in whole or in part', () => {
    expect(listProblems(['caching:ttl'], reports, ['caching'])).toContain(
      'caching:ttl must pass and may not be expected to fail',
    )
  })

  it('is refused when what must pass never did', () => {
    expect(listProblems([], reports, ['tools-list', 'ping'])).toEqual([
      'tools-list must pass, but no leg saw it pass',
    ])
  })
})
