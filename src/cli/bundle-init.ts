import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleInvalid } from '../bundles/bundles.js'
import { onlyOne, readArguments } from './arguments.js'
import type { Program } from './program.js'
import { UsageError } from './usage-error.js'

/** What a package, and so its folder, may be called. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/

/** Makes a folder with a bundle to begin with, in JavaScript or TypeScript. */
export async function bundleInit(args: readonly string[], program: Program): Promise<void> {
  const { values, positionals } = readArguments(args, { ts: { type: 'boolean', default: false } })
  const path = onlyOne(positionals, 'bundle init: expected one NAME')
  const folder = resolve(path)
  const name = basename(folder)
  if (!NAME.test(name))
    throw new UsageError(
      `bundle init: ${JSON.stringify(name)} cannot be a package's name: expected 1 to 128 of A-Z, a-z, 0-9, _, . and -, not beginning with a dot`,
    )
  const files = await readStarter(values.ts ? 'ts' : 'js', name, program.version)
  await refuseExisting(folder, [...files.keys()])
  await mkdir(folder, { recursive: true })
  for (const [file, text] of files) await writeFile(join(folder, file), text, { flag: 'wx' })
  program.stdout.write(`${path}: ${[...files.keys()].join(', ')}

Serve it, with reload on save:
  npx mcp-daemon dev ${path}
`)
}

async function readStarter(
  language: 'js' | 'ts',
  name: string,
  version: string,
): Promise<ReadonlyMap<string, string>> {
  const folder = fileURLToPath(new URL(`starters/${language}`, import.meta.url))
  const files = new Map<string, string>()
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8')
    // npm leaves files of this name out of what it packs.
    const path = file === 'gitignore' ? '.gitignore' : file
    files.set(path, text.replaceAll('__NAME__', name).replaceAll('__ENGINE__', engineSpec(version)))
  }
  return files
}

/** Where npm finds this product: under its version, or in the folder from which it runs. */
function engineSpec(version: string): string {
  const root = fileURLToPath(new URL('../..', import.meta.url))
  return root.includes(`${sep}node_modules${sep}`)
    ? `^${version}`
    : `file:${root.replace(/\/$/, '')}`
}

async function refuseExisting(folder: string, files: readonly string[]): Promise<void> {
  const found = await Promise.all(
    files.map(async (file) => ((await exists(join(folder, file))) ? [file] : [])),
  )
  const taken = found.flat()
  if (taken.length > 0)
    throw bundleInvalid(`${folder}: nothing was written, there is a ${taken.join(', ')} already`)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
