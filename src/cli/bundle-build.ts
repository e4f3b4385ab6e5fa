import { writeFile } from 'node:fs/promises'
import { onlyOne, readArguments } from './arguments.js'
import type { Program } from './program.js'
import { readVariables } from './variables.js'
import { atWorkbench, judge, refusal } from './workbench.js'

/** Makes one ZIP of a bundle's folder; the same files give the same bytes, wherever they lie. */
export async function bundleBuild(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { out: { type: 'string' } })
  const path = onlyOne(positionals, 'bundle build: expected one PATH')
  const variables = readVariables(program.env)
  const verdict = await atWorkbench(program, (workbench) => judge(workbench, path, variables))
  const { bundle, packageName, problems, warnings } = verdict
  for (const warning of warnings) program.stderr.write(`warning: ${warning}\n`)
  if (bundle === undefined || problems.length > 0) throw refusal(path, problems)
  const file = values.out ?? `${packageName ?? 'bundle'}.zip`
  await writeFile(file, bundle.zip)
  program.stdout.write(
    `${file}: ${packageName ?? ''} ${bundle.zip.length} bytes, SHA-256 ${bundle.sha256}\n`,
  )
}
