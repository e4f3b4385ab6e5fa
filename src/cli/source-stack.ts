/** A stack trace as an author reads it: of the files that were written, not of those that ran. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { z } from 'zod'

/** A frame's place, as V8 writes it. */
const PLACE = /(?:file:\/\/)?(\/[^\s()]+):(\d+):(\d+)/

/** Where bundles are unpacked: under their hash, or for a moment under a name like that of `mkdtemp`. */
const UNPACKED = /^(.*\/(?:[0-9a-f]{64}|mcp-bundle-[^/]+\/bundle))\/(.+)$/

/**
 * @param stack of something that a bundle's code threw
 * @param folder in which its author works
 * @returns the message, and the frames that are in the bundle
 */
export function toSourceStack(stack: string, folder: string): string {
  const lines = stack.split('\n').flatMap((line) => {
    if (!/^\s+at /.test(line)) return [line]
    const [place, path = '', row, column] = PLACE.exec(line) ?? []
    const [, root, inside] = UNPACKED.exec(path) ?? []
    if (place === undefined || root === undefined || inside === undefined) return []
    const origin = findOrigin({ path, root, row: Number(row), column: Number(column) })
    if (origin.file.startsWith(OURS)) return []
    return [line.replace(place, `${join(folder, origin.file)}:${origin.row}:${origin.column}`)]
  })
  return lines.join('\n')
}

/** What the product itself puts into a bundle is said to lie there. */
const OURS = 'mcp-daemon-engine/'

interface Position {
  readonly path: string
  /** Of the unpacked bundle. */
  readonly root: string
  /** From 1, as the column. */
  readonly row: number
  readonly column: number
}

/** Without a map the code runs as it was written. */
function findOrigin({ path, root, row, column }: Position) {
  const entry = readMap(`${path}.map`)?.findEntry(row - 1, column - 1)
  if (entry === undefined || !('originalSource' in entry))
    return { file: relative(root, path), row, column }
  return {
    file: relative(root, resolve(dirname(path), entry.originalSource)),
    row: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

const Payload = z.object({
  version: z.number(),
  file: z.string().default(''),
  sources: z.array(z.string()),
  sourcesContent: z.array(z.string()).default([]),
  names: z.array(z.string()).default([]),
  mappings: z.string(),
  sourceRoot: z.string().default(''),
})

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(Payload.parse(JSON.parse(readFileSync(file, 'utf8'))))
  } catch {
    return undefined
  }
}
