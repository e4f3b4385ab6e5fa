/** What is wrong with the schemas of a manifest's tools. */
import type { ManifestChecks } from './manifest-checks.js'
import type { ManifestTool } from './manifest-schema.js'
import { type SubSchema, walkSchema } from './schema-walk.js'

export function toolSchemaProblems(
  tool: ManifestTool,
  path: string,
  checks: ManifestChecks,
): string[] {
  const input = `${path}.inputSchema`
  const problems = headerProblems(walkSchema(tool.inputSchema, input))
  if (tool.inputSchema['type'] !== 'object')
    problems.push(`${input}.type: expected "object", since arguments are named`)
  for (const member of ['inputSchema', 'outputSchema'] as const) {
    const schema = tool[member]
    if (schema === undefined || schema === null) continue
    problems.push(...compileProblems(schema, `${path}.${member}`, checks))
  }
  return problems
}

/** A reference to the network is named as such; only what is free of them is compiled. */
function compileProblems(schema: object, path: string, checks: ManifestChecks): string[] {
  const network = networkRefProblems([...walkSchema(schema, path)])
  if (network.length > 0) return network
  return checks.schemaProblems(schema).map((problem) => `${path}: ${problem}`)
}

const NETWORK = /^(?:https?|ftp|wss?):|^\/\//i
const REFERENCES = ['$ref', '$dynamicRef']

function networkRefProblems(schemas: readonly SubSchema[]): string[] {
  const ids = new Set(schemas.map(({ schema }) => schema['$id']))
  return schemas.flatMap(({ schema, path }) =>
    REFERENCES.flatMap((keyword) => {
      const target = schema[keyword]
      if (typeof target !== 'string' || !NETWORK.test(target)) return []
      if (ids.has(target) || ids.has(target.split('#')[0])) return []
      return [`${path}.${keyword}: points into the network, which is never read; use $defs`]
    }),
  )
}

/** RFC 9110 5.6.2; clients drop a tool whose annotations break the rules of 2026-07-28. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const HEADER_TYPES = new Set<unknown>(['string', 'integer', 'boolean'])

function headerProblems(schemas: Iterable<SubSchema>): string[] {
  const problems: string[] = []
  const taken = new Map<string, string>()
  let isRoot = true
  for (const { schema, path, isProperty } of schemas) {
    const isReachable = isProperty && !isRoot
    isRoot = false
    if (!Object.hasOwn(schema, 'x-mcp-header')) continue
    const at = `${path}.x-mcp-header`
    const header = schema['x-mcp-header']
    const problem = isReachable
      ? headerProblem(header, schema['type'])
      : 'stands where not every call has the argument; only "properties" may lead to it'
    if (problem !== undefined) problems.push(`${at}: ${problem}`)
    if (typeof header !== 'string') continue
    const earlier = taken.get(header.toLowerCase())
    if (earlier !== undefined) problems.push(`${at}: names the same header as ${earlier}`)
    taken.set(header.toLowerCase(), at)
  }
  return problems
}

function headerProblem(header: unknown, type: unknown): string | undefined {
  if (typeof header !== 'string' || !TOKEN.test(header))
    return "expected the name of an HTTP header: letters, digits and !#$%&'*+-.^_`|~"
  if (!HEADER_TYPES.has(type)) return 'its property must be of type string, integer or boolean'
  return undefined
}
