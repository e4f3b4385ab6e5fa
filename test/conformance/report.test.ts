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
  it('says how many checks passed and failed, and what was expected to fail', () => {
    expect(readReport(printed)).toEqual({
      passedChecks: 2,
      failedChecks: 1,
      failedScenarios: ['tools-list'],
      expectedFailures: ['tools-list', 'caching:ttl'],
    })
  })

  it('is refused when the suite broke off before its summary', () => {
    expect(() => readReport('Running all suite (65 scenarios)\n')).toThrow('without a summary')
  })
})

describe('the list of expected failures', () => {
  const reports = new Map([['leg', readReport(printed)]])
  const reportOf = (total: string) => new Map([['leg', readReport(total)]])

  it('is accepted when every entry failed', () => {
    const entries = readEntries('server:\n  # why\n  - tools-list\n  - caching:ttl # one check\n')
    expect(entries).toEqual(['tools-list', 'caching:ttl'])
    expect(listProblems(entries, reports)).toEqual([])
  })

  it('is accepted when it is empty and nothing failed', () => {
    const entries = readEntries('# Nothing.\nserver: []\n')
    expect(listProblems(entries, reportOf('Total: 2 passed, 0 failed'))).toEqual([])
  })

  it('is refused for an entry that no leg saw fail', () => {
    expect(listProblems(['tools-list', 'caching:ttl', 'pong'], reports)).toEqual([
      expect.stringContaining('pong'),
    ])
  })

  it('is refused when something failed that no entry announces, though it counts for nothing', () => {
    expect(listProblems([], reports)).toEqual(['leg: tools-list failed'])
  })

  it('is refused when a leg checked nothing', () => {
    expect(listProblems([], reportOf('Total: 0 passed, 0 failed'))).toEqual([
      'leg: nothing passed, did it run?',
    ])
  })
})
