/** What commands on a bundle on disk have in common: they need no gateway, and say all that is wrong. */
import { readFile, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { bundleInvalid } from '../bundles/bundles.js'
import { MANIFEST_FILE } from '../bundles/module-file.js'
import type { BundleOnDisk } from '../bundling/bundling.js'
import { readConfig } from '../config/config.js'
import { GatewayError } from '../domain/errors.js'
import { createLog } from '../telemetry/telemetry.js'
import { withLines } from './manifest-lines.js'
import type { Program, Workbench } from './program.js'

/** What was read, and everything that is wrong with it. */
export interface Verdict {
  /** Undefined when it could not even be read, or built. */
  readonly bundle?: BundleOnDisk
  readonly packageName?: string | undefined
  /** Where they are about a manifest's file, with its line. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Opens what works on bundles, for the time of one piece of work. */
export async function atWorkbench<Outcome>(
  program: Program,
  work: (workbench: Workbench) => Promise<Outcome>,
): Promise<Outcome> {
  const config = readConfig({ ...program.env, MCP_TRANSPORT: 'stdio' })
  const workbench = program.openWorkbench(config, { log: createLog('warn') })
  try {
    return await work(workbench)
  } finally {
    await workbench.close()
  }
}

/** @param variables what would fill `${VAR}` in its settings */
export async function judge(
  { bundling, inspect }: Workbench,
  path: string,
  variables: Readonly<Record<string, string>>,
): Promise<Verdict> {
  try {
    const bundle = await bundling.read(path)
    const { packageName, problems, warnings } = await inspect(bundle.zip, variables)
    const syntax = problems.length === 0 ? [] : await bundle.syntaxProblems()
    const located = await locate(path, [...problems, ...syntax])
    return { bundle, packageName, problems: located, warnings: await locate(path, warnings) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { problems: toProblems(error), warnings: [] }
  }
}

/** The error of a command whose bundle is wrong. */
export function refusal(path: string, problems: readonly string[]): GatewayError {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return bundleInvalid([`${path}: ${count}`, ...problems.map((each) => `- ${each}`)].join('\n'))
}

/** One sentence each. */
export function toProblems(error: Error): string[] {
  const problems = error instanceof GatewayError ? error.data?.['problems'] : undefined
  return Array.isArray(problems) ? problems.map(String) : [error.message]
}

/** Adds the lines of the manifest, where there is one on disk. */
export async function locate(path: string, problems: readonly string[]): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  const isManifest = extname(path).toLowerCase() === '.json'
  const file = found?.isDirectory() ? join(path, MANIFEST_FILE) : path
  const text =
    found?.isDirectory() || isManifest
      ? await readFile(file, 'utf8').catch(() => undefined)
      : undefined
  return text === undefined ? [...problems] : withLines(problems, basename(file), text)
}
