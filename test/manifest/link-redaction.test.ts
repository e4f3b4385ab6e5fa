import { expect, it } from 'vitest'
import { manifestWarnings, readManifest } from '../../src/manifest/manifest.js'
import { checks, link, manifest, problemsOf, resource, tool } from './sample-manifest.js'

it('a manifest may say what its tools and prompts are called with that no record holds', () => {
  const full = manifest({
    resources: [resource({ uri: 'a://b' })],
    prompts: [{ name: 'ask', arguments: [{ name: 'pin' }] }],
    module_links: [
      link({ redact: ['/password', '/cards/0/number', '/a~1b/m~0n', ''] }),
      link({ type: 'prompt', name: 'ask', redact: ['/pin'] }),
      link({ type: 'resource', name: 'guide', redact: null }),
    ],
  })
  expect(problemsOf(full)).toEqual([])
})

it.each<[string, unknown, string]>([
  [
    'of a redaction that is no pointer',
    manifest({ module_links: [link({ redact: ['/ok', 'password'] })] }),
    'module_links[0].redact[1]: expected a JSON pointer such as /password',
  ],
  [
    'of a redaction that hides its slashes',
    manifest({ module_links: [link({ redact: [`${'/'.repeat(200)}~2`] })] }),
    'module_links[0].redact[0]: expected a JSON pointer',
  ],
  [
    'of more redactions than one needs',
    manifest({ module_links: [link({ redact: Array.from({ length: 101 }, () => '/a') })] }),
    'module_links[0].redact: ',
  ],
  [
    'of a resource with a redaction',
    manifest({
      resources: [resource({ uriTemplate: 'a://{token}' })],
      module_links: [link(), link({ type: 'resource', name: 'guide', redact: ['/params'] })],
    }),
    'module_links[1].redact: only the link of a tool or prompt may have it',
  ],
])('a refused manifest is one %s', (_kind, value, problem) => {
  expect(problemsOf(value)).toContainEqual(expect.stringContaining(problem))
})

it('warns of a redaction that takes nothing out, where the arguments are declared', () => {
  const places = { allOf: [{ $ref: '#/$defs/a' }], $defs: { a: { properties: { pin: {} } } } }
  const parsed = readManifest(
    JSON.stringify(
      manifest({
        tools: [
          tool(),
          tool({ name: 'far', inputSchema: { type: 'object', ...places } }),
          tool({ name: 'any', inputSchema: { type: 'object' } }),
        ],
        prompts: [{ name: 'ask', description: 'Asks', arguments: [{ name: 'pin' }] }],
        module_links: [
          link({ redact: ['/city/name', '/ctiy', ''] }),
          link({ name: 'far', redact: ['/pin'] }),
          link({ name: 'any', redact: ['/whatever'] }),
          link({ type: 'prompt', name: 'ask', redact: ['/pin', '/PIN'] }),
        ],
      }),
    ),
    checks,
  )
  expect(manifestWarnings(parsed)).toEqual([
    'module_links[0].redact[1]: tool "lookup" declares no argument "ctiy"',
    'module_links[3].redact[1]: prompt "ask" declares no argument "PIN"',
  ])
})
