import { onlyOne, readArguments } from './arguments.js'
import type { Program } from './program.js'
import { readVariables } from './variables.js'
import { atWorkbench, judge, refusal, type Verdict } from './workbench.js'

/** Tells everything that is wrong with a bundle at once; publishes nothing, needs no store. */
export async function bundleValidate(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, {
    json: { type: 'boolean', default: false },
    var: { type: 'string', multiple: true },
  })
  const path = onlyOne(positionals, 'bundle validate: expected one PATH')
  const variables = readVariables(program.env, values.var)
  const verdict = await atWorkbench(program, (workbench) => judge(workbench, path, variables))
  if (values.json) program.stdout.write(`${toJson(verdict)}\n`)
  else print(program, path, verdict)
  if (verdict.problems.length > 0) throw refusal(path, values.json ? [] : verdict.problems)
}

function print({ stdout, stderr }: Program, path: string, verdict: Verdict): void {
  for (const warning of verdict.warnings) stderr.write(`warning: ${warning}\n`)
  const { bundle, packageName, problems } = verdict
  if (bundle !== undefined && problems.length === 0)
    stdout.write(`${path}: ${packageName} is valid, SHA-256 ${bundle.sha256}\n`)
}

function toJson({ bundle, packageName, problems, warnings }: Verdict): string {
  const isValid = problems.length === 0
  const named = { package: packageName, sha256: bundle?.sha256 }
  return JSON.stringify({ valid: isValid, ...named, problems, warnings }, undefined, 2)
}
