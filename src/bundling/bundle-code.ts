/**
 * Code and its dependencies as a few files of plain ESM, by rolldown. Nothing of the code is run, and
 * nothing of this machine gets into the files: no absolute path, no date.
 */
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InputOptions, OutputOptions, RolldownOutput } from 'rolldown'
import { bundleProblems } from '../bundles/bundles.js'
import { toBuildProblems } from './build-problems.js'
import { loadRolldown } from './load-rolldown.js'
import { ownModules, toRealName } from './own-modules.js'
import type { BundleFiles } from '../bundles/zip-files.js'

export interface CodeRequest {
  readonly folder: string
  /** Output without its extension → source, relative to the folder; or code that stands for one. */
  readonly inputs: Readonly<Record<string, string | GeneratedCode>>
  /** Folder of the compiled room `author`: what authors import, and what runs with their code. */
  readonly author: URL
}

export interface GeneratedCode {
  readonly code: string
}

export interface BundledCode {
  /** With a source map beside each file. */
  readonly files: BundleFiles
  /** Absolute paths of what was read of the author's own. */
  readonly sources: readonly string[]
}

/** What a bundle has to run on. */
const TARGET = 'node20.20'

/** @throws GatewayError `BUNDLE_INVALID` with each problem's file, line and column */
export async function bundleCode(request: CodeRequest): Promise<BundledCode> {
  const unresolved: string[] = []
  const output = await generate(request, unresolved)
  const problems = Array.isArray(output) ? output : unresolved
  if (Array.isArray(output) || problems.length > 0)
    throw bundleProblems('the code could not be bundled', problems)
  return { files: toFiles(output), sources: toSources(output, request) }
}

/**
 * Where code cannot be parsed, and where it imports a name that is not there: file, line and column.
 * Reads all that is reached; a package that is not found is no problem here.
 */
export async function findSyntaxProblems(request: CodeRequest): Promise<string[]> {
  const output = await generate(request, [])
  return Array.isArray(output) ? output : []
}

/** @returns what was built, or the problems of the code */
async function generate(
  request: CodeRequest,
  unresolved: string[],
): Promise<RolldownOutput | string[]> {
  const rolldown = await loadRolldown()
  const build = await rolldown(toInputOptions(request, unresolved))
  try {
    return await build.generate(toOutputOptions(request))
  } catch (error) {
    const problems = toBuildProblems(error, request.folder)
    if (problems === undefined) throw error
    return problems
  } finally {
    await build.close()
  }
}

function toInputOptions(request: CodeRequest, unresolved: string[]): InputOptions {
  const { folder, inputs, author } = request
  return {
    cwd: folder,
    input: Object.fromEntries(
      Object.entries(inputs).map(([output, source]) => [
        output,
        typeof source === 'string' ? join(folder, source) : generatedId(output),
      ]),
    ),
    platform: 'node',
    transform: { target: TARGET },
    plugins: [ownModules({ folder, author, generated: generatedCode(request) })],
    experimental: { attachDebugInfo: 'none' },
    onLog: (_level, log) => {
      if (log.code === 'UNRESOLVED_IMPORT')
        unresolved.push(...(toBuildProblems({ errors: [log] }, folder) ?? [log.message]))
    },
  }
}

function toOutputOptions({ folder, author }: CodeRequest): OutputOptions {
  const built = fileURLToPath(new URL('..', author))
  return {
    dir: folder,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '_shared/[name]-[hash].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    sourcemapPathTransform: (source, mapFile) => {
      const absolute = toRealName(resolve(mapFile, '..', source))
      const inside = placeOf(absolute, { folder, built })
      return relative(resolve(mapFile, '..'), join(folder, inside)).split(sep).join('/')
    },
  }
}

/** Where a source is said to lie, seen from the folder: never where this machine keeps it. */
function placeOf(absolute: string, { folder, built }: { folder: string; built: string }): string {
  if (absolute.startsWith(built)) return join('mcp-daemon-engine', absolute.slice(built.length))
  const packages = absolute.lastIndexOf(`${sep}node_modules${sep}`)
  const inside = relative(folder, absolute)
  return packages !== -1 && inside.startsWith('..') ? absolute.slice(packages + 1) : inside
}

const generatedId = (output: string) => `\0generated/${output}`

function generatedCode({ inputs }: CodeRequest): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(inputs).flatMap(([output, source]) =>
      typeof source === 'string' ? [] : [[generatedId(output), source.code]],
    ),
  )
}

function toFiles({ output }: RolldownOutput): BundleFiles {
  return new Map(
    output.map((file) => [
      file.fileName,
      Buffer.from(file.type === 'chunk' ? file.code : file.source),
    ]),
  )
}

function toSources({ output }: RolldownOutput, { author }: CodeRequest): string[] {
  const built = fileURLToPath(new URL('..', author))
  const ids = output.flatMap((file) =>
    file.type === 'chunk' ? file.moduleIds.map(toRealName) : [],
  )
  return ids.filter(
    (id) => isAbsolute(id) && !id.startsWith(built) && !id.includes(`${sep}node_modules${sep}`),
  )
}
