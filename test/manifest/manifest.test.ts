import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { manifestWarnings, readManifest } from '../../src/manifest/manifest.js'
import { manifestJsonSchema } from '../../src/manifest/manifest-schema.js'
import {
  checks,
  link,
  manifest,
  module,
  problemsOf,
  resource,
  tool,
  withResource,
} from './sample-manifest.js'

describe('a manifest', () => {
  it('is read with every item as its author wrote it: order, unknown and null members too', () => {
    const own = '{"annotations":null,"x-team":{"b":1,"a":[null]},"name":"lookup","title":null,'
    const rest = '"inputSchema":{"type":"object","$comment":"kept"},"description":null}'
    const text = `{"tools":[${own}${rest}],"module_links":[${JSON.stringify(link())}],"modules":[${JSON.stringify(module())}]}`
    expect(JSON.stringify(readManifest(text, checks).tools[0])).toBe(own + rest)
  })

  it('may begin with a byte order mark and leave out every list that it does not need', () => {
    const text = `\uFEFF${JSON.stringify({ module_links: [], modules: [module()] })}`
    expect(readManifest(text, checks)).toMatchObject({ tools: [], resources: [], prompts: [] })
  })

  it('may hold resources, templates and prompts beside tools', () => {
    const full = manifest({
      resources: [
        resource({ uri: 'docs://guide' }),
        { name: 'Any page', uriTemplate: 'docs://{p}' },
      ],
      prompts: [
        { name: 'ask', description: 'Asks', arguments: [{ name: 'topic', required: true }] },
      ],
      module_links: [
        link(),
        link({ type: 'resource', name: 'guide' }),
        link({ type: 'resource', name: 'Any page' }),
        link({ type: 'prompt', name: 'ask' }),
      ],
    })
    expect(problemsOf(full)).toEqual([])
  })

  it('may say how its tools go on in the background, and what completes its arguments', () => {
    const full = manifest({
      resources: [{ name: 'pages', uriTemplate: 'docs://{p}' }],
      prompts: [{ name: 'ask', arguments: [{ name: 'topic' }] }],
      module_links: [
        link({ is_async: true, task_support: 'required', asks_first: true }),
        link({ type: 'resource', name: 'pages', completion_function_name: 'pages' }),
        link({ type: 'prompt', name: 'ask', completion_function_name: 'topics', asks_first: null }),
      ],
    })
    expect(problemsOf(full)).toEqual([])
  })

  it('tells all of its problems at once, each with its path', () => {
    const problems = problemsOf(
      manifest({
        tools: [tool({ name: 'two words' }), tool({ name: 'x', inputSchema: 'string' })],
        modules: [module({ class_name: '1st' })],
      }),
    )
    expect(problems).toEqual([
      'tools[0].name: expected 1 to 128 of A-Z, a-z, 0-9, _, . and -',
      expect.stringMatching(/^tools\[1\]\.inputSchema: expected (object|record)/),
      'modules[0].class_name: expected a JavaScript name of at most 128 characters',
    ])
  })

  it('ends its list of problems where nobody reads on', () => {
    const tools = Array.from({ length: 200 }, () => tool({ name: '' }))
    const problems = problemsOf(manifest({ tools }))
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe('and 100 more')
  })
})

describe('a refused manifest', () => {
  it.each<[string, unknown, string]>([
    ['not JSON', '{ "tools": [', 'mcp_configuration.json is not JSON'],
    ['a list', [], 'the manifest: expected object, received array'],
    ['too large', `"${'x'.repeat(5 * 1024 * 1024)}"`, 'larger than 4 MiB'],
    ['too deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'deeper than 100 levels'],
    ['without modules', { module_links: [] }, 'modules: is missing; expected array'],
    ['without links', { modules: [module()] }, 'module_links: is missing; expected array'],
    [
      'of a name that is too long',
      manifest({ tools: [tool({ name: 'x'.repeat(129) })] }),
      'tools[0].name: expected 1 to 128',
    ],
    [
      'of a tool twice',
      manifest({ tools: [tool(), tool()] }),
      'tools[1].name: "lookup" is declared already at tools[0].name',
    ],
    [
      'of an unlinked tool',
      manifest({ tools: [tool(), tool({ name: 'other' })] }),
      'tools[1]: no entry of module_links says which code answers for tool "other"',
    ],
    [
      'of two links for one tool',
      manifest({ module_links: [link(), link()] }),
      'module_links[1]: tool "lookup" is linked already by module_links[0]',
    ],
    [
      'of a link to no item',
      manifest({ module_links: [link(), link({ type: 'prompt' })] }),
      'module_links[1].name: there is no prompt "lookup"',
    ],
    [
      'of a link to no class',
      manifest({ module_links: [link({ class_name: 'Other' })] }),
      'module_links[0]: modules declares no class "Other" of module "weather"',
    ],
    [
      'of a link of an unknown type',
      manifest({ module_links: [link({ type: 'agent' })] }),
      'module_links[0].type: expected "tool", "resource" or "prompt"',
    ],
    [
      'of a function that every object has',
      manifest({ module_links: [link({ function_name: 'constructor' })] }),
      'module_links[0].function_name: is a reserved name',
    ],
    [
      'of a tool that completes',
      manifest({ module_links: [link({ completion_function_name: 'complete' })] }),
      'module_links[0].completion_function_name: only the link of a prompt, or of a resource with a uriTemplate, may have it',
    ],
    [
      'of a resource without variables that completes',
      manifest({
        resources: [resource({ uri: 'a://b' })],
        module_links: [
          link(),
          link({ type: 'resource', name: 'guide', completion_function_name: 'complete' }),
        ],
      }),
      'module_links[1].completion_function_name: only the link of a prompt',
    ],
    [
      'of a completion that every object has',
      manifest({ module_links: [link({ completion_function_name: 'constructor' })] }),
      'module_links[0].completion_function_name: is a reserved name',
    ],
    [
      'of a task that is not async',
      manifest({ module_links: [link({ task_support: 'required' })] }),
      'module_links[0].task_support: only the link of a tool with is_async: true may have it',
    ],
    [
      'of a prompt that is a task',
      manifest({
        prompts: [{ name: 'ask' }],
        module_links: [
          link(),
          link({ type: 'prompt', name: 'ask', is_async: true, asks_first: true }),
        ],
      }),
      'module_links[1].asks_first: only the link of a tool with is_async: true may have it',
    ],
    [
      'of a task support that nobody knows',
      manifest({ module_links: [link({ is_async: true, task_support: 'forbidden' })] }),
      'module_links[0].task_support: expected "optional" or "required"',
    ],
    [
      'of two packages',
      manifest({ modules: [module(), module({ package_name: 'other', class_name: 'B' })] }),
      'modules[1].package_name: is "other" but modules[0] is of "weather_tools"',
    ],
    [
      'of a class twice',
      manifest({ modules: [module(), module()] }),
      'modules[1]: "weather/Weather" is declared already at modules[0]',
    ],
    [
      'of a hidden package',
      manifest({ modules: [module({ package_name: '.x' })] }),
      'modules[0].package_name',
    ],
    [
      'of a scoped package',
      manifest({ modules: [module({ package_name: '@a/b' })] }),
      'modules[0].package_name',
    ],
    [
      'of a module elsewhere',
      manifest({ modules: [module({ module_name: '../x' })] }),
      'modules[0].module_name',
    ],
    [
      'of a resource without URI',
      withResource({}),
      'resources[0]: expected a uri or a uriTemplate',
    ],
    [
      'of a resource with both URIs',
      withResource({ uri: 'a://b', uriTemplate: 'a://{b}' }),
      'resources[0]: expected a uri or a uriTemplate, not both',
    ],
    [
      'of a relative URI',
      withResource({ uri: 'guide' }),
      'resources[0].uri: expected an absolute URI',
    ],
    [
      'of a template that cannot be matched',
      withResource({ uriTemplate: 'a://{#b}' }),
      'resources[0].uriTemplate: {#name} is not supported',
    ],
    [
      'of a URI twice',
      manifest({
        resources: [resource({ uri: 'a://b' }), resource({ uri: 'a://b', name: 'other' })],
        module_links: [
          link(),
          link({ type: 'resource', name: 'guide' }),
          link({ type: 'resource', name: 'other' }),
        ],
      }),
      'resources[1].uri: "a://b" is declared already at resources[0].uri',
    ],
    [
      'of a prompt argument twice',
      manifest({
        prompts: [{ name: 'ask', arguments: [{ name: 'a' }, { name: 'a' }] }],
        module_links: [link(), link({ type: 'prompt', name: 'ask' })],
      }),
      'prompts[0].arguments[1].name: "a" is declared already',
    ],
  ])('is one %s', (_kind, value, problem) => {
    expect(problemsOf(value)).toContainEqual(expect.stringContaining(problem))
  })
})

it('warns of what works but may surprise', () => {
  const name = 'x'.repeat(65)
  const parsed = readManifest(
    JSON.stringify(
      manifest({
        tools: [tool({ name, description: '', outputSchema: { type: 'string' } })],
        prompts: [{ name: 'ask', description: 'Asks' }],
        module_links: [link({ name }), link({ type: 'prompt', name: 'ask', is_async: true })],
        modules: [module(), module({ class_name: 'Unused' })],
      }),
    ),
    checks,
  )
  expect(manifestWarnings(parsed)).toEqual([
    'tools[0].name: some clients refuse names above 64 characters',
    'tools[0].description: is empty; agents choose by it',
    'tools[0].outputSchema.type: clients before 2026-07-28 expect "object"',
    'module_links[1].is_async: has no effect on a prompt; only tools are async',
    'modules[1]: no entry of module_links uses it',
  ])
})

it('its JSON Schema in the repository is the one that is checked (node scripts/build.mjs && node scripts/write-json-schemas.mjs renews it)', () => {
  const committed = new URL('../../src/manifest/mcp-configuration.schema.json', import.meta.url)
  expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(manifestJsonSchema())
})
