#!/usr/bin/env node
/**
 * Says how the tests went in one last line, and with `CI=true` fails when one was skipped or none
 * ran: a suite that silently stays out proves nothing.
 *
 * Usage: refuse-skips.mjs EXIT_CODE_OF_VITEST REPORT.json
 */
import { existsSync, readFileSync, rmSync } from 'node:fs'

const [exitCode, reportFile, ...rest] = process.argv.slice(2)
if (exitCode === undefined || reportFile === undefined || rest.length > 0) {
  process.stderr.write(
    'expected EXIT_CODE_OF_VITEST and REPORT.json; to choose tests use npx vitest\n',
  )
  process.exit(2)
}

const report = readReport(reportFile)
const skipped = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `${name}: ${fullName}`),
)
const problems = [
  ...(report.numTotalTests === 0 ? ['no test ran'] : []),
  ...skipped.map((test) => `skipped: ${test}`),
]
for (const problem of problems) process.stdout.write(`${problem}\n`)
process.stdout.write(`on Node ${process.version}\n`)
process.stdout.write(
  `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped\n`,
)
if (process.env.CI === 'true' && problems.length > 0) process.exitCode = 1
if (exitCode !== '0') process.exitCode = Number(exitCode)

/** Read once and removed, so that a run which breaks off cannot be judged by an earlier one. */
function readReport(file) {
  if (!existsSync(file))
    return { numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, testResults: [] }
  const text = readFileSync(file, 'utf8')
  rmSync(file)
  return JSON.parse(text)
}
