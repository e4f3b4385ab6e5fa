/**
 * Writes the types of resolvers and the printed schema from `graphql/*.graphql`.
 * With `--check` nothing is written: what differs is named, and the exit code is 1.
 */
import { codegen } from '@graphql-codegen/core'
import * as typescript from '@graphql-codegen/typescript'
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers'
import { buildSchema, lexicographicSortSchema, parse, printSchema } from 'graphql'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const FOLDER = new URL('../graphql/', import.meta.url)
const TYPES = new URL('../src/management/schema-types.ts', import.meta.url)
const PRINTED = new URL('../test/management/schema.printed.graphql', import.meta.url)

const source = (name) => `./sources.js#${name}Source`

/** Object types whose resolvers hand on something of their own; connections of each as well. */
const NODES = [
  'Endpoint',
  'Module',
  'Package',
  'Function',
  'FunctionCall',
  'Setting',
  'User',
  'ApiKey',
  'BundleVersion',
  'Event',
  'AuditEntry',
]

const mappers = Object.fromEntries(
  NODES.flatMap((name) => [name, `${name}Connection`]).map((name) => [name, source(name)]),
)

const config = {
  useTypeImports: true,
  enumsAsTypes: true,
  skipTypename: true,
  defaultScalarType: 'unknown',
  scalars: {
    ID: { input: 'string', output: 'string' },
    JSON: { input: 'unknown', output: 'unknown' },
    DateTime: { input: 'Date', output: 'Date | string | number' },
    BigInt: { input: 'bigint', output: 'bigint | number' },
  },
  contextType: './context.js#ManagementContext',
  mappers,
  // What only the library reads.
  directiveContextTypes: [],
  onlyResolveTypesForObjects: false,
}

const sdl = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
  .join('\n')

const types = await codegen({
  filename: 'schema-types.ts',
  schema: parse(sdl),
  documents: [],
  config,
  plugins: [{ typescript: {} }, { typescriptResolvers: {} }],
  pluginMap: { typescript, typescriptResolvers },
})

const generated =
  '// Written by `node scripts/write-graphql-types.mjs` from `graphql/`; do not edit.\n'

const written = [
  [TYPES, `${generated}${types}`],
  [
    PRINTED,
    `${generated.replace('//', '#')}${printSchema(lexicographicSortSchema(buildSchema(sdl)))}\n`,
  ],
]

const isCheck = process.argv.includes('--check')
const differing = written.filter(([file, text]) => {
  if (!isCheck) writeFileSync(file, text)
  return isCheck && read(file) !== text
})
for (const [file] of differing)
  console.error(
    `${file.pathname} is not what graphql/ says: run node scripts/write-graphql-types.mjs`,
  )
process.exitCode = differing.length > 0 ? 1 : 0

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
