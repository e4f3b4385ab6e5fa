import { expect, it } from 'vitest'
import { readManifest, toDefinitions } from '../../src/manifest/manifest.js'
import { checks, link, manifest, problemsOf, resource } from './sample-manifest.js'

const withAccess = (access: unknown) => manifest({ module_links: [link({ access })] })

it('a manifest may say of everything that it declares who may call it', () => {
  const full = manifest({
    resources: [resource({ uri: 'a://b' })],
    prompts: [{ name: 'ask' }],
    module_links: [
      link({ access: { allow: ['role:publisher', 'user:*@acme.com'], deny: ['key:old-?'] } }),
      link({ type: 'prompt', name: 'ask', access: { deny: null, allow: [] } }),
      link({ type: 'resource', name: 'guide', access: null }),
    ],
  })
  expect(problemsOf(full)).toEqual([])
  const { functions } = toDefinitions(readManifest(JSON.stringify(full), checks))
  expect(functions.map(({ name, access }) => [name, access])).toEqual([
    ['lookup', { allow: ['role:publisher', 'user:*@acme.com'], deny: ['key:old-?'] }],
    ['guide', undefined],
    ['ask', { allow: [] }],
  ])
})

it.each<[string, unknown, string]>([
  [
    'a rule that is none',
    { allow: ['user:a', 'ann'] },
    'module_links[0].access.allow[1]: expected role:NAME',
  ],
  [
    'a role that there is none of',
    { deny: ['role:root'] },
    'module_links[0].access.deny[0]: expected',
  ],
  ['a list whose name is mistyped', { alow: ['user:ann'] }, 'module_links[0].access: '],
  ['one rule in place of a list', { allow: 'user:ann' }, 'module_links[0].access.allow: '],
  ['a list in place of both', ['user:ann'], 'module_links[0].access: '],
  [
    'more rules than one needs',
    { allow: Array.from({ length: 101 }, () => 'user:a') },
    'module_links[0].access.allow: ',
  ],
])('a manifest is refused for %s', (_what, access, problem) => {
  expect(problemsOf(withAccess(access))).toEqual([expect.stringContaining(problem)])
})
