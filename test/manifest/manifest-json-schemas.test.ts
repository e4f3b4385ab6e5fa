import { describe, expect, it } from 'vitest'
import {
  type Json,
  manifest,
  problemsOf,
  tool,
  withProperties,
  withSchema,
} from './sample-manifest.js'

describe('a refused schema', () => {
  it.each<[string, unknown, string]>([
    [
      'of arguments that are no object',
      withSchema({ type: 'array' }),
      'tools[0].inputSchema.type: expected "object"',
    ],
    [
      'of a schema that does not compile',
      withProperties({ city: { type: 'strnig' } }),
      'tools[0].inputSchema: ',
    ],
    [
      'of an output schema that does not compile',
      manifest({ tools: [tool({ outputSchema: { $ref: '#/$defs/none' } })] }),
      'tools[0].outputSchema: ',
    ],
    [
      'of a reference into the network',
      withProperties({ city: { $ref: 'https://example.com/city.json' } }),
      'tools[0].inputSchema.properties.city.$ref: points into the network',
    ],
    [
      'of a header name that is none',
      withProperties({ city: { type: 'string', 'x-mcp-header': 'My City' } }),
      'tools[0].inputSchema.properties.city.x-mcp-header: expected the name of an HTTP header',
    ],
    [
      'of a header for a number',
      withProperties({ size: { type: 'number', 'x-mcp-header': 'Size' } }),
      'tools[0].inputSchema.properties.size.x-mcp-header: its property must be of type string',
    ],
    [
      'of a header that only some calls have',
      withSchema({
        type: 'object',
        anyOf: [{ properties: { a: { type: 'string', 'x-mcp-header': 'A' } } }],
      }),
      'tools[0].inputSchema.anyOf[0].properties.a.x-mcp-header: stands where',
    ],
    [
      'of a header for all arguments',
      withSchema({ type: 'object', 'x-mcp-header': 'All' }),
      'tools[0].inputSchema.x-mcp-header: stands where',
    ],
    [
      'of a header twice',
      withProperties({
        a: { type: 'string', 'x-mcp-header': 'Region' },
        b: { type: 'string', 'x-mcp-header': 'region' },
      }),
      'tools[0].inputSchema.properties.b.x-mcp-header: names the same header as tools[0]',
    ],
  ])('is one %s', (_kind, value, problem) => {
    expect(problemsOf(value)).toContainEqual(expect.stringContaining(problem))
  })
})

describe('an accepted schema', () => {
  it.each<[string, Json]>([
    [
      'annotates nested properties with headers',
      withProperties({
        at: {
          type: 'object',
          properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
        },
      }),
    ],
    ['has an argument named x-mcp-header', withProperties({ 'x-mcp-header': { type: 'string' } })],
    ['has an argument named $ref', withProperties({ $ref: { type: 'string' } })],
    [
      'mentions the network in data only',
      withProperties({ schema: { type: 'object', default: { $ref: 'https://example.com/x' } } }),
    ],
    [
      'refers to its own absolute id',
      withSchema({
        $id: 'https://example.com/tool.json',
        type: 'object',
        properties: { a: { $ref: 'https://example.com/tool.json#/$defs/a' } },
        $defs: { a: { type: 'string' } },
      }),
    ],
  ])('%s', (_kind, value) => {
    expect(problemsOf(value)).toEqual([])
  })
})
